export interface TimingEntry {
  readonly name: string;
  /** Milliseconds. */
  readonly ms: number;
  readonly description?: string;
}

/** The entries of a Server-Timing header that have a duration. Descriptions of ours have no comma and no escaped quote. */
export function parseServerTiming(header: string): TimingEntry[] {
  return header.split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const values = new Map(parameters.map((parameter) => splitOnce(parameter)));
    const ms = Number(values.get('dur') ?? Number.NaN);
    if (name === '' || !Number.isFinite(ms)) return [];
    const description = values.get('desc')?.replace(/^"|"$/g, '');
    return [{ name, ms, ...(description === undefined ? {} : { description }) }];
  });
}

function splitOnce(parameter: string): [string, string] {
  const [name = '', ...rest] = parameter.split('=');
  return [name, rest.join('=')];
}
