import { beforeAll, expect, test } from 'vitest';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import { tokenizerFromGguf } from '#gpu-worker/tokenizer/create-tokenizer.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { openGguf } from '#gpu-worker/weights/open-gguf.ts';
import { readGoldenJson } from '#test/golden/golden-folder.ts';

interface TokenizerGolden {
  readonly cases: readonly {
    readonly text: string;
    readonly ids: number[];
    readonly ids_no_special_parse: number[];
    readonly decoded_equal: boolean;
  }[];
}

const { cases } = readGoldenJson<TokenizerGolden>('smollm2/tokenizer.json');
let tokenizer: Tokenizer;

beforeAll(async () => {
  const file = openGguf(await fetchDefaultModel());
  tokenizer = tokenizerFromGguf(file.metadata);
  file.close();
});

test.each(cases.map((golden) => ({ ...golden, name: JSON.stringify(golden.text) })))(
  'tokenizes $name exactly as the reference, special text as plain text',
  ({ text, ids_no_special_parse: expected }) => {
    expect(tokenizer.encode(text)).toEqual(expected);
  },
);

test.each(cases.filter(({ decoded_equal: equal }) => equal))(
  'decodes $ids back to the text',
  ({ text, ids, ids_no_special_parse: plainIds }) => {
    expect(tokenizer.decode(plainIds)).toBe(text);
    expect(tokenizer.decode(ids)).toBe(text);
  },
);

test('knows the control tokens and the end of a text', () => {
  expect([...tokenizer.specialIds]).toEqual(Array.from({ length: 17 }, (_, id) => id));
  expect(tokenizer.vocabularySize).toBe(49_152);
  expect(tokenizer.eosId).toBe(0);
  expect(tokenizer.bosId).toBeNull();
});
