import { expect, test } from 'vitest';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { validateAdapterAgainstModel } from '#shared/adapter-file/validate-adapter-against-model.ts';

const model = {
  hiddenSize: 2,
  vocabularySize: 10,
  modelFingerprint: 'a'.repeat(64),
  tokenizerFingerprint: 'b'.repeat(64),
};

const adapter: AdapterFile = {
  config: {
    format: 'hintrank-adapter-1',
    method: 'retrieve',
    k: 10,
    heads: 2,
    filters: 'd',
    residual: true,
    template: 'clean-1',
    hintLocation: 'suffix',
    modelFingerprint: model.modelFingerprint,
    tokenizerFingerprint: model.tokenizerFingerprint,
  },
  hiddenSize: 2,
  embedding: { kind: 'rows', rows: Int32Array.of(0, 9), values: new Float32Array(4) },
  mlp: null,
  attention: null,
  softPrompt: null,
};

test('takes an adapter of this model, and one that states no fingerprints', () => {
  const { modelFingerprint: _, tokenizerFingerprint: __, ...config } = adapter.config;
  validateAdapterAgainstModel(adapter, model);
  validateAdapterAgainstModel({ ...adapter, config }, model);
  validateAdapterAgainstModel({ ...adapter, embedding: { kind: 'table', values: new Float32Array(20) } }, model);
  validateAdapterAgainstModel(adapter, { ...model, tokenizerFingerprint: null });
});

test.each<[string, Partial<AdapterFile>, Partial<typeof model>, RegExp]>([
  ['hidden size', {}, { hiddenSize: 4 }, /its hidden size is 2, the model's is 4/],
  ['base model', {}, { modelFingerprint: 'c'.repeat(64) }, /base model aaaaaaaaaaaa…, this one is cccccccccccc…/],
  ['tokenizer', {}, { tokenizerFingerprint: 'c'.repeat(64) }, /tokenizer bbbbbbbbbbbb…, this one is cccccccccccc…/],
  ['vocabulary, by row', {}, { vocabularySize: 9 }, /names row 9, the model's vocabulary ends at 8/],
  [
    'vocabulary, by table',
    { embedding: { kind: 'table', values: new Float32Array(18) } },
    {},
    /has 9 rows, the model's vocabulary 10/,
  ],
])('refuses another %s and names both', (_, adapterPart, modelPart, message) => {
  const validate = () => validateAdapterAgainstModel({ ...adapter, ...adapterPart }, { ...model, ...modelPart });
  expect(validate).toThrow(
    expect.objectContaining({ code: 'invalid_adapter', message: expect.stringMatching(message) }),
  );
});
