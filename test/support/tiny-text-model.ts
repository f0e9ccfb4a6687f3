import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomConfig, writeRandomCheckpoint } from '#test/support/random-checkpoint.ts';

/** Printable bytes stand for themselves in byte-level BPE, the others for characters from 256 on. */
function byteCharacters(): string[] {
  let moved = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    if (printable) return String.fromCodePoint(byte);
    moved += 1;
    return String.fromCodePoint(moved - 1);
  });
}

/** A random model with a tokenizer, so that it scores text: one token a byte, ids 1 to 256, and the special `<end>` 0. */
export function writeTinyTextModel(folder: string): string {
  writeRandomCheckpoint(folder, { vocab_size: 257, max_position_embeddings: 256, eos_token_id: 0 });
  const tokens = ['<end>', ...byteCharacters()];
  const tokenizer = {
    version: '1.0',
    added_tokens: [{ id: 0, content: '<end>', special: true }],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: [] },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ eos_token: '<end>' }));
  return folder;
}

/** Its hidden size, for adapters that fit it. */
export const tinyTextHiddenSize = randomConfig.hidden_size;
