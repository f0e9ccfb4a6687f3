/**
 * The first key that occurs twice in one object of a JSON text, or null. `JSON.parse` keeps the last of them in silence, so a file
 * could show one tensor to us and another to a reader that keeps the first.
 * @param json a text that `JSON.parse` has already accepted
 */
export function findDuplicateKey(json: string): string | null {
  /** One set of keys an open object, null an open array. */
  const open: (Set<string> | null)[] = [];
  let at = 0;
  while (at < json.length) {
    const character = json[at];
    if (character === '"') {
      const end = endOfString(json, at);
      const keys = open.at(-1);
      if (keys && nextIsColon(json, end)) {
        const key: unknown = JSON.parse(json.slice(at, end));
        if (typeof key === 'string') {
          if (keys.has(key)) return key;
          keys.add(key);
        }
      }
      at = end;
      continue;
    }
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    at += 1;
  }
  return null;
}

/** Index after the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function nextIsColon(json: string, from: number): boolean {
  let at = from;
  while (at < json.length && ' \t\n\r'.includes(json[at] ?? '')) at += 1;
  return json[at] === ':';
}
