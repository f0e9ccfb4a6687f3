/** Whole events of a stream of server-sent events so far, and what is not whole yet. */
export interface SplitEvents {
  /** `data` of each; events without any are left out. */
  readonly data: readonly string[];
  readonly rest: string;
}

/** Cuts the text of a stream into events. Put `rest` in front of what comes next. */
export function splitEvents(text: string): SplitEvents {
  const blocks = text.replace(/\r\n?/g, '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  const data = blocks.flatMap((block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('data:'));
    return lines.length === 0 ? [] : [lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n')];
  });
  return { data, rest };
}
