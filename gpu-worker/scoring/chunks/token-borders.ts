import type { BorderStrength } from '#gpu-worker/scoring/chunks/plan-chunks.ts';

/** What the borders between the tokens of one text are, from the bytes that each token stands for. */
export interface TokenBorders {
  /** Of the border in front of token `position`. */
  readonly strengthAt: (position: number) => BorderStrength;
  /** UTF-16 code units in front of each token, and of all: [n + 1]. */
  readonly codeUnits: Uint32Array;
}

const newline = 0x0a;

/** `. ! ?`, and closing quotes and brackets that may follow them. */
const sentenceEnds = new Set(Buffer.from('.!?'));
const closers = new Set(Buffer.from('"\')]}'));

/** The last bytes of `。`, `！` and `？`, which no space follows. */
const wideSentenceEnds = ['。', '！', '？'].map((end) => Buffer.from(end));

/** `bytes` — of each token, in order; one behind the other they are the text. */
export function tokenBorders(bytes: readonly Uint8Array[]): TokenBorders {
  const codeUnits = new Uint32Array(bytes.length + 1);
  for (const [index, token] of bytes.entries()) codeUnits[index + 1] = (codeUnits[index] ?? 0) + codeUnitsOf(token);
  const strengthAt = (position: number): BorderStrength => {
    const before = bytes[position - 1];
    const after = bytes[position];
    if (before === undefined || after === undefined) return 3;
    const first = after[0] ?? 0;
    if (isContinuation(first)) return 0;
    if (before.at(-1) === newline || wideSentenceEnds.some((end) => endsWith(before, end))) return 3;
    // A word has its space in front, as in a document of its own: such a chunk has the same tokens there.
    if (!isSpace(first)) return 1;
    return endsSentence(before) ? 3 : 2;
  };
  return { strengthAt, codeUnits };
}

/** A token may hold a part of a character: whoever has its first byte has its code units. */
function codeUnitsOf(bytes: Uint8Array): number {
  let units = 0;
  for (const byte of bytes) if (!isContinuation(byte)) units += byte >= 0xf0 ? 2 : 1;
  return units;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function endsSentence(bytes: Uint8Array): boolean {
  const last = bytes.findLast((byte) => !isSpace(byte) && !closers.has(byte));
  return last !== undefined && sentenceEnds.has(last);
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return end.every((byte, index) => bytes[bytes.length - end.length + index] === byte);
}
