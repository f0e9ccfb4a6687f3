export interface CurlLineOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly body: unknown;
}

/** A rerank call for pasting into a shell: one line, every argument quoted. */
export function curlLine({ url, apiKey, body }: CurlLineOptions): string {
  const headers = [`Authorization: Bearer ${apiKey}`, 'Content-Type: application/json'];
  const headerArguments = headers.map((header) => `-H ${quote(header)}`).join(' ');
  return `curl -s ${url}/v2/rerank ${headerArguments} -d ${quote(JSON.stringify(body))}`;
}

/** Single quotes keep everything in POSIX shells as it is, but a single quote. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
