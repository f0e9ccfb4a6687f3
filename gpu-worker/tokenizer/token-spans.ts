import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';

/** A token and the characters of the text that it stands for, in UTF-16 code units; nulls where the tokenizer rewrote the text. */
export interface TokenSpan {
  /** The token alone, decoded; a token that is a part of a character has U+FFFD. */
  readonly text: string;
  readonly start: number | null;
  readonly end: number | null;
}

/** Tokens that one character may be split into: four bytes, and some more for characters that follow each other without a boundary. */
const sharedTokensMax = 16;

/**
 * Where each token lies in the text that it was encoded from. Tokens that share a character (byte-level tokenizers split some) all have the span of
 * that character. From the first token on that is not in the text as it stands (after a normalisation), spans are null.
 * @param skipped characters at the start of `text` that the caller put there: spans count from after them, and end at 0 at least
 */
export function tokenSpans(
  tokenizer: Pick<Tokenizer, 'decode'>,
  ids: readonly number[],
  text: string,
  skipped = 0,
): TokenSpan[] {
  // Tokenizers take half a surrogate pair for U+FFFD.
  const source = text.toWellFormed();
  const spans: TokenSpan[] = [];
  let cursor = 0;
  let group: number[] = [];
  let lost = false;
  for (const id of ids) {
    group.push(id);
    const piece = tokenizer.decode(group);
    const at: number = lost ? -1 : findAt(source, piece, cursor);
    if (at < 0 && !lost && group.length < sharedTokensMax && piece.includes('\uFFFD')) continue;
    lost ||= at < 0;
    const end = at + piece.length;
    const place = lost
      ? { start: null, end: null }
      : { start: fromSkipped(at, skipped), end: fromSkipped(end, skipped) };
    spans.push(...group.map((one) => ({ text: tokenizer.decode([one]), ...place })));
    if (!lost) cursor = end;
    group = [];
  }
  return [...spans, ...group.map((one) => ({ text: tokenizer.decode([one]), start: null, end: null }))];
}

/** Where the piece stands: at the cursor, or after a space there, which some decoders drop; −1: nowhere near. */
function findAt(source: string, piece: string, cursor: number): number {
  if (source.startsWith(piece, cursor)) return cursor;
  return source[cursor] === ' ' && source.startsWith(piece, cursor + 1) ? cursor + 1 : -1;
}

function fromSkipped(index: number, skipped: number): number {
  return Math.max(0, index - skipped);
}
