import type { BpeDefinition } from '#gpu-worker/tokenizer/bpe-definition.ts';

const encoder = new TextEncoder();

/** The byte that each character of byte-level token text stands for: printable ones for themselves, the others for U+0100 and on. */
const byteOfCharacter: ReadonlyMap<string, number> = (() => {
  const bytes = new Map<string, number>();
  let moved = 0x100;
  for (let byte = 0; byte < 256; byte += 1) {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    bytes.set(String.fromCodePoint(printable ? byte : moved), byte);
    if (!printable) moved += 1;
  }
  return bytes;
})();

/**
 * The UTF-8 bytes that a token stands for, by its id: those of all tokens of a text, one behind the other, are the text's (normalised, where the
 * tokenizer does that). A character may be spread over several tokens.
 */
export function createTokenBytes(definition: BpeDefinition): (id: number) => Uint8Array {
  const { tokens, specialIds, addedTokens } = definition;
  const plain = new Set([...specialIds, ...addedTokens.map(({ id }) => id)]);
  const isByteLevel = JSON.stringify(definition.decoder ?? {}).includes('"ByteLevel"');
  const known: (Uint8Array | undefined)[] = [];
  return (id) => {
    const kept = known[id];
    if (kept !== undefined) return kept;
    const text = tokens[id] ?? '';
    const bytes = plain.has(id) ? encoder.encode(text) : isByteLevel ? byteLevelBytes(text) : pieceBytes(text);
    known[id] = bytes;
    return bytes;
  };
}

function byteLevelBytes(text: string): Uint8Array {
  return Uint8Array.from(Array.from(text).flatMap((character) => byteOfCharacter.get(character) ?? []));
}

/** SentencePiece: `▁` is a space, `<0x0A>` a byte. */
function pieceBytes(text: string): Uint8Array {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(text)?.[1];
  return byte === undefined ? encoder.encode(text.replaceAll('▁', ' ')) : Uint8Array.of(Number.parseInt(byte, 16));
}
