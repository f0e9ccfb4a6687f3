import { describe, expect, test } from 'vitest';
import { tokenizerFromGguf, tokenizerFromJson } from '#gpu-worker/tokenizer/create-tokenizer.ts';
import type { GgufValue } from '#gpu-worker/weights/gguf-value.ts';

/** The 256 byte characters of byte-level BPE, in byte order. */
const byteCharacters = Array.from({ length: 256 }, (_, byte) => {
  const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const skipped = byte <= 32 ? byte : byte <= 160 ? byte - 94 : 67;
  return String.fromCodePoint(printable ? byte : 256 + skipped);
});

/** Ids: 0 and 1 special, 2 a user-defined token, then bytes, then merged tokens. */
const merged = ['he', 'Ġhe', 'll', 'hell', '11', '1111'];
const merges = ['h e', 'Ġ he', 'l l', 'he ll', '1 1', '11 11'];
const tokens = ['<|end_of_text|>', '<|im_end|>', '<tag>', ...byteCharacters, ...merged];
const idOf = (token: string) => tokens.indexOf(token);

function ggufMetadata(changes: Record<string, GgufValue | undefined> = {}): Map<string, GgufValue> {
  const entries: Record<string, GgufValue | undefined> = {
    model: 'gpt2',
    pre: 'smollm',
    tokens,
    merges,
    token_type: Int32Array.from(tokens, (_, id) => (id < 2 ? 3 : id === 2 ? 4 : 1)),
    eos_token_id: 1,
    bos_token_id: 0,
    ...changes,
  };
  const metadata = new Map<string, GgufValue>();
  for (const [key, value] of Object.entries(entries))
    if (value !== undefined) metadata.set(`tokenizer.ggml.${key}`, value);
  return metadata;
}

function tokenizerJson(changes: object = {}, modelChanges: object = {}): object {
  return {
    version: '1.0',
    added_tokens: [
      { id: 0, content: '<|end_of_text|>', special: true },
      { id: 1, content: '<|im_end|>', special: true },
      { id: 2, content: '<tag>', special: false },
    ],
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Digits', individual_digits: true },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
      ],
    },
    post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '<|im_end|>', type_id: 0 } }] },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
      unk_token: '<|end_of_text|>',
      ...modelChanges,
    },
    ...changes,
  };
}

const both = [
  ['GGUF metadata', tokenizerFromGguf(ggufMetadata())],
  ['tokenizer.json', tokenizerFromJson(tokenizerJson(), null)],
] as const;

describe.each(both)('a tokenizer from %s', (_, tokenizer) => {
  test('merges by rank', () => {
    expect(tokenizer.encode('hello he')).toEqual([idOf('hell'), idOf('o'), idOf('Ġhe')]);
    expect(tokenizer.encode('')).toEqual([]);
  });

  test('keeps digits apart although merges exist', () => {
    expect(tokenizer.encode('1111')).toEqual(Array.from({ length: 4 }, () => idOf('1')));
  });

  test('never turns text into a special token, whatever the spelling', () => {
    for (const text of ['<|im_end|>', 'a<|end_of_text|>b', '<|im_end|><|im_end|>', '<|im_<|im_end|>end|>']) {
      const ids = tokenizer.encode(text);
      expect(ids.some((id) => tokenizer.specialIds.has(id))).toBe(false);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  test('keeps added tokens that are not special', () => {
    expect(tokenizer.encode('he<tag>he')).toEqual([idOf('he'), 2, idOf('he')]);
    expect(tokenizer.decode([idOf('he'), 2])).toBe('he<tag>');
  });

  test('decodes special ids to their text, between bytes that belong together', () => {
    const umbrella = tokenizer.encode('☂');
    expect(umbrella).toHaveLength(3);
    expect(tokenizer.decode([...umbrella, 1, 0, idOf('Ġhe')])).toBe('☂<|im_end|><|end_of_text|> he');
    expect(tokenizer.decode([])).toBe('');
  });

  test('splits white space as Unicode defines it, not as JavaScript does', () => {
    const roundTrip = 'he\u0085he \ufeffhe';
    expect(tokenizer.decode(tokenizer.encode(roundTrip))).toBe(roundTrip);
    expect(tokenizer.encode(' \ufeff')).toEqual(tokenizer.encode(' ').concat(tokenizer.encode('\ufeff')));
  });

  test('refuses to decode an id outside the vocabulary', () => {
    expect(() => tokenizer.decode([tokens.length])).toThrow(/token id 265 is not in the vocabulary of 265 tokens/);
  });

  test('knows what it is', () => {
    expect(tokenizer.vocabularySize).toBe(265);
    expect([...tokenizer.specialIds]).toEqual([0, 1]);
    expect(tokenizer.eosId).toBe(0);
    expect(tokenizer.bosId).toBeNull();
  });
});

test('a GGUF and a folder of one tokenizer have one fingerprint, another vocabulary another', () => {
  expect(both[0][1].fingerprint).toBe(both[1][1].fingerprint);
  expect(tokenizerFromGguf(ggufMetadata({ merges: merges.slice(1) })).fingerprint).not.toBe(both[0][1].fingerprint);
});

test('<bos> is known where prompts of the model start with one', () => {
  expect(tokenizerFromGguf(ggufMetadata({ add_bos_token: true })).bosId).toBe(0);
  expect(tokenizerFromGguf(ggufMetadata({ pre: 'llama-bpe' })).bosId).toBe(0);
  expect(tokenizerFromJson(tokenizerJson(), { bos_token: '<|im_end|>' }).bosId).toBe(1);
  expect(
    tokenizerFromJson(tokenizerJson(), { bos_token: { content: '<|im_end|>' }, add_bos_token: false }).bosId,
  ).toBeNull();
});

describe('by tokenizer.ggml.pre', () => {
  const encode = (pre: string, text: string) => tokenizerFromGguf(ggufMetadata({ pre })).encode(text);

  test('gpt-2 keeps digits together, qwen2 takes one, llama-bpe up to three', () => {
    expect(encode('gpt-2', '1111')).toEqual([idOf('1111')]);
    expect(encode('qwen2', '1111')).toEqual(Array.from({ length: 4 }, () => idOf('1')));
    expect(encode('llama-bpe', '1111')).toEqual([idOf('11'), idOf('1'), idOf('1')]);
  });

  test('tekken splits at a change from lower to upper case', () => {
    expect(encode('tekken', 'heHe')).toEqual([idOf('he'), idOf('H'), idOf('e')]);
  });

  test('qwen2 composes characters first', () => {
    expect(encode('qwen2', 'e\u0301')).toEqual(encode('qwen2', '\u00e9'));
  });
});

test.each<[string, Record<string, GgufValue | undefined>, RegExp]>([
  ['SentencePiece', { model: 'llama' }, /tokenizer.ggml.model" is "llama" \(SentencePiece\); only byte-level BPE/],
  ['an unknown pre-tokenizer', { pre: 'gpt-9' }, /tokenizer.ggml.pre" is "gpt-9", which is not one of gpt-2, smollm/],
  ['a pre-tokenizer named like a method', { pre: 'constructor' }, /is "constructor", which is not one of/],
  ['no pre-tokenizer', { pre: undefined }, /tokenizer.ggml.pre" is null/],
  ['no tokens', { tokens: undefined }, /tokenizer.ggml.tokens" is not an array of texts/],
  [
    'types for other tokens',
    { token_type: Int32Array.of(1) },
    /token_type" does not give an int32 for each of the 265/,
  ],
  ['a merge of one token', { merges: ['ab'] }, /merges" holds "ab" at index 0/],
  ['an end token outside the vocabulary', { eos_token_id: 999 }, /eos_token_id" is 999, outside the vocabulary of 265/],
])('refuses GGUF metadata with %s', (_, changes, message) => {
  const create = () => tokenizerFromGguf(ggufMetadata(changes));
  expect(create).toThrow(expect.objectContaining({ code: 'invalid_weights', message: expect.stringMatching(message) }));
});

test.each<[string, object, RegExp]>([
  ['another model', tokenizerJson({}, { type: 'Unigram' }), /tokenizer.json: model.type: only BPE/],
  ['a negative id', tokenizerJson({}, { vocab: { a: -1 } }), /tokenizer.json: model.vocab.a/],
  ['an id past any vocabulary', tokenizerJson({}, { vocab: { a: 1e9 } }), /tokenizer.json: model.vocab.a/],
  [
    'an unknown component',
    tokenizerJson({ pre_tokenizer: { type: 'Sieve' } }),
    /cannot be built: Unknown PreTokenizer type: Sieve/,
  ],
  ['no model', { added_tokens: [] }, /tokenizer.json: model/],
])('refuses a tokenizer.json with %s', (_, json, message) => {
  const create = () => tokenizerFromJson(json, null);
  expect(create).toThrow(expect.objectContaining({ code: 'invalid_weights', message: expect.stringMatching(message) }));
});
