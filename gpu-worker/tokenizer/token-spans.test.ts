import { describe, expect, it } from 'vitest';
import { tokenSpans } from '#gpu-worker/tokenizer/token-spans.ts';

/** A byte-level tokenizer with these pieces, as bytes; ids are their places. */
function bytePieces(...pieces: string[]) {
  const encoder = new TextEncoder();
  return piecesOfBytes(...pieces.map((piece) => encoder.encode(piece)));
}

function piecesOfBytes(...pieces: Uint8Array[]) {
  const decode = (ids: readonly number[]) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(ids.flatMap((id) => [...(pieces[id] ?? [])])));
  return { tokenizer: { decode }, ids: pieces.map((_, id) => id) };
}

describe('tokenSpans', () => {
  it('gives each token its place in the text, counted from after what was put in front', () => {
    const { tokenizer, ids } = bytePieces(' When', ' was', ' it', '?');
    const text = 'When was it?';
    const spans = tokenSpans(tokenizer, ids, ` ${text}`, 1);
    expect(spans).toEqual([
      { text: ' When', start: 0, end: 4 },
      { text: ' was', start: 4, end: 8 },
      { text: ' it', start: 8, end: 11 },
      { text: '?', start: 11, end: 12 },
    ]);
    expect(spans.map(({ start, end }) => text.slice(start ?? 0, end ?? 0)).join('')).toBe(text);
  });

  it('gives tokens that share a character the span of that character', () => {
    const [a, b, c] = [Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0x98), Uint8Array.of(0x80)];
    const { tokenizer, ids } = piecesOfBytes(new TextEncoder().encode('a '), a, b, c, new TextEncoder().encode('!'));
    const places = tokenSpans(tokenizer, ids, 'a 😀!').map(({ start, end }) => [start, end]);
    expect(places).toEqual([[0, 2], [2, 4], [2, 4], [2, 4], [4, 5]]); // biome-ignore format: a table
  });

  it('takes half a surrogate pair and U+FFFD for what they are encoded as', () => {
    const { tokenizer, ids } = bytePieces('x', '\uFFFD', '\uFFFD', 'y');
    const places = tokenSpans(tokenizer, ids, 'x\uD83D\uFFFDy').map(({ start }) => start);
    expect(places).toEqual([0, 1, 2, 3]);
  });

  it('says nothing of places from where the tokenizer rewrote the text, and still gives every token', () => {
    const { tokenizer, ids } = bytePieces('caf', 'é', ' au');
    const spans = tokenSpans(tokenizer, ids, 'cafe\u0301 au');
    expect(spans.map(({ start }) => start)).toEqual([0, null, null]);
    expect(spans.map(({ text }) => text)).toEqual(['caf', 'é', ' au']);
  });

  it('gives every token of a group that is never whole', () => {
    const { tokenizer, ids } = piecesOfBytes(Uint8Array.of(0xf0), Uint8Array.of(0x9f));
    expect(tokenSpans(tokenizer, ids, '😀')).toMatchObject([{ start: null }, { start: null }]);
  });

  it('bears decoders that drop the space in front of a word', () => {
    const tokenizer = { decode: (ids: readonly number[]) => ids.map((id) => ['When', 'was'][id] ?? '').join('') };
    expect(tokenSpans(tokenizer, [0, 1], ' When was', 1)).toMatchObject([
      { start: 0, end: 4 },
      { start: 5, end: 8 },
    ]);
  });
});
