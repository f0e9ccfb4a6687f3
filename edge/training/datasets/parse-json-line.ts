import { jsonDepth } from '#edge/http/json-depth.ts';
import { limits } from '#shared/limits.ts';

export type ParsedLine =
  | { readonly kind: 'object'; readonly value: object }
  | { readonly kind: 'blank' }
  /** In a clause, without the texts of the line. */
  | { readonly kind: 'bad'; readonly reason: string };

/** The bytes of one line of JSON Lines, without its end, as a JSON object. */
export function parseJsonLine(bytes: Uint8Array): ParsedLine {
  const text = decodeLine(bytes);
  if (text === undefined) return bad(notUtf8);
  if (text.trim() === '') return { kind: 'blank' };
  if (jsonDepth(bytes) > limits.jsonDepthMax) return bad(`is nested deeper than ${limits.jsonDepthMax} levels`);
  const value = parse(text);
  if (value === undefined) return bad('is not valid JSON');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('is not a JSON object');
  return { kind: 'object', value };
}

export const notUtf8 = 'is not valid UTF-8';

/** undefined: the bytes are not UTF-8. */
export function decodeLine(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

function bad(reason: string): ParsedLine {
  return { kind: 'bad', reason };
}

/** undefined: not JSON. The runtime's own message would quote the line. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
