import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { type TensorToWrite, writeSafetensors } from '#shared/safetensors/write-safetensors.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';

type Tensors = Record<string, TensorToWrite>;

const configuration = {
  method: 'retrieve',
  k: 10,
  heads: 2,
  filters: 'd',
  residual: true,
  template: 'clean-1',
  hintLocation: 'suffix',
};

const calibration = {
  format: 'hintrank-calibration-1',
  constants: { intercept: -6, meanLogLikelihood: 2, queryLogLikelihood: -2, lexicalMatch: 5 },
  fittedOn: {
    data: 'tickets',
    split: 'dev',
    date: '2026-11-23',
    queries: 100,
    pairs: 2_000,
    relevantPairs: 97,
    maxTokensPerDoc: 160,
    precision: 'int8',
    template: 'clean-1',
    modelFingerprint: 'a'.repeat(64),
  },
};

function tensor(name: string, shape: number[], values?: number[]): TensorToWrite {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, dtype: 'F32', shape, data: Float32Array.from(values ?? Array.from({ length: count }, () => 0.5)) };
}

const rowsTensor = (...rows: number[]): TensorToWrite => ({
  name: 'docspec_embeddings.rows',
  dtype: 'I32',
  shape: [rows.length],
  data: Int32Array.from(rows),
});

const byName = (tensors: TensorToWrite[]): Tensors => Object.fromEntries(tensors.map((entry) => [entry.name, entry]));

const retrieveTensors = byName([
  tensor('doc_multi_layers.0.weight', [4, 4]),
  tensor('doc_multi_layers.0.bias', [4]),
  tensor('doc_multi_layers.2.weight', [4, 4]),
  tensor('doc_multi_layers.2.bias', [4]),
  rowsTensor(2, 5),
  tensor('docspec_embeddings.values', [2, 4]),
]);

const attendTensors = {
  ...retrieveTensors,
  ...byName([
    tensor('docspec_attention.in_proj_weight', [12, 4]),
    tensor('docspec_attention.in_proj_bias', [12]),
    tensor('docspec_attention.out_proj.weight', [4, 4]),
    tensor('docspec_attention.out_proj.bias', [4]),
  ]),
};

function adapterBytes(tensors: Tensors, config: object = {}, metadata: Record<string, string> = {}): Uint8Array {
  return writeSafetensors(Object.values(tensors), {
    format: 'hintrank-adapter-1',
    configuration: JSON.stringify({ ...configuration, ...config }),
    ...metadata,
  });
}

const changed = (...tensors: TensorToWrite[]): Tensors => ({ ...retrieveTensors, ...byName(tensors) });
const without = (name: string): Tensors =>
  Object.fromEntries(Object.entries(retrieveTensors).filter(([key]) => key !== name));

describe('refuses, with code invalid_adapter,', () => {
  test.each<[string, Uint8Array, RegExp]>([
    [
      'a missing tensor',
      adapterBytes(without('doc_multi_layers.2.bias')),
      /tensor "doc_multi_layers.2.bias" is missing; method "retrieve"/,
    ],
    [
      'values without rows',
      adapterBytes(without('docspec_embeddings.rows')),
      /tensor "docspec_embeddings.rows" is missing/,
    ],
    [
      'an unknown tensor',
      adapterBytes(changed(tensor('lora.weight', [1]))),
      /tensor "lora.weight" is not one that method "retrieve" has/,
    ],
    [
      'a tensor of another method',
      adapterBytes(attendTensors),
      /tensor "docspec_attention.*" is not one that method "retrieve" has/,
    ],
    [
      'the whole table beside changed rows',
      adapterBytes(changed(tensor('docspec_embeddings.weight', [9, 4]))),
      /"docspec_embeddings.rows" is not one/,
    ],
    [
      'an attention that is missing',
      adapterBytes(retrieveTensors, { method: 'attend' }),
      /"docspec_attention.in_proj_weight" is missing; method "attend"/,
    ],
    [
      'a wrong shape',
      adapterBytes(changed(tensor('doc_multi_layers.0.bias', [5]))),
      /"doc_multi_layers.0.bias" has shape \[5\]; \[4\] is needed/,
    ],
    [
      'a calibration of another kind',
      adapterBytes(retrieveTensors, { calibration: { ...calibration, format: 'platt' } }),
      /configuration calibration.format is "platt": Invalid input: expected "hintrank-calibration-1"/,
    ],
    [
      'a calibration without a constant',
      adapterBytes(retrieveTensors, { calibration: { ...calibration, constants: { intercept: 1 } } }),
      /configuration calibration.constants.meanLogLikelihood: Invalid input/,
    ],
    [
      'a calibration constant that makes scores infinite',
      adapterBytes(retrieveTensors, {
        calibration: { ...calibration, constants: { ...calibration.constants, intercept: 1e300 } },
      }),
      /configuration calibration.constants.intercept is 1e\+300: Too big/,
    ],
    ['a wrong rank', adapterBytes(changed(tensor('doc_multi_layers.0.bias', [4, 1]))), /has shape \[4, 1\]/],
    [
      'a hidden size of 0',
      adapterBytes(changed(tensor('doc_multi_layers.0.weight', [0, 0]))),
      /says hidden size 0; 1 to 65536/,
    ],
    [
      'a wrong dtype',
      adapterBytes(changed({ name: 'doc_multi_layers.0.bias', dtype: 'F64', shape: [4], data: new Float64Array(4) })),
      /has dtype F64; F16 or F32/,
    ],
    [
      'rows that are floats',
      adapterBytes(changed(tensor('docspec_embeddings.rows', [2]))),
      /has dtype F32; I32 is needed/,
    ],
    [
      'more rows than values',
      adapterBytes(changed(rowsTensor(1, 2, 3))),
      /has 2 rows, but "docspec_embeddings.rows" names 3/,
    ],
    [
      'unsorted rows',
      adapterBytes(changed(rowsTensor(5, 2))),
      /holds 2 at index 1; rows ascend without repeats, and 5/,
    ],
    ['a row twice', adapterBytes(changed(rowsTensor(5, 5))), /holds 5 at index 1/],
    ['a negative row', adapterBytes(changed(rowsTensor(-1, 5))), /holds -1 at index 0; a row is at least 0/],
    [
      'NaN',
      adapterBytes(changed(tensor('doc_multi_layers.0.bias', [4], [0, 0, Number.NaN, 0]))),
      /"doc_multi_layers.0.bias" holds NaN at index 2/,
    ],
    [
      'infinity',
      adapterBytes(changed(tensor('docspec_embeddings.values', [2, 4], [0, 0, 0, 0, 0, 0, 0, -Infinity]))),
      /holds -Infinity at index 7/,
    ],
    ['k of 0', adapterBytes(retrieveTensors, { k: 0 }), /configuration k is 0: .*>=1/],
    ['k of 1,001', adapterBytes(retrieveTensors, { k: 1_001 }), /configuration k is 1001: .*<=1000/],
    [
      'heads that do not divide the hidden size',
      adapterBytes(attendTensors, { method: 'attend', heads: 3 }),
      /hidden size 4 is not divisible by heads 3/,
    ],
    [
      'an unknown filter',
      adapterBytes(retrieveTensors, { filters: 'dx' }),
      /configuration filters is "dx", which is neither "none" nor/,
    ],
    ['a filter twice', adapterBytes(retrieveTensors, { filters: 'dd' }), /configuration filters/],
    ['an unknown template', adapterBytes(retrieveTensors, { template: 'clean-9' }), /configuration template/],
    ['an unknown setting', adapterBytes(retrieveTensors, { hooks: 'x' }), /configuration: .*hooks/],
    [
      'a fingerprint that is none',
      adapterBytes(retrieveTensors, { modelFingerprint: 'abc' }),
      /modelFingerprint is "abc", which is not a SHA-256/,
    ],
    [
      'another format',
      adapterBytes(retrieveTensors, {}, { format: 'hintrank-adapter-2' }),
      /"format" is "hintrank-adapter-2"; this version reads/,
    ],
    ['an unknown metadata key', adapterBytes(retrieveTensors, {}, { extra: '1' }), /unknown key "extra"/],
    [
      'a configuration that is no JSON',
      adapterBytes(retrieveTensors, {}, { configuration: '{' }),
      /"configuration" is not valid JSON/,
    ],
    ['a setting twice', adapterBytes(retrieveTensors, {}, { configuration: '{"k":1,"k":2}' }), /holds "k" twice/],
    [
      'a configuration nested past any stack',
      adapterBytes(
        retrieveTensors,
        {},
        { configuration: `{"training":{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}}` },
      ),
      /nested 9002 levels/,
    ],
    ['no kind and no format', writeSafetensors(Object.values(retrieveTensors)), /neither "format" nor "kind"/],
    [
      'an unknown kind',
      writeSafetensors(Object.values(retrieveTensors), { kind: 'lora' }),
      /"kind" is "lora", which is not one of R, retrieve/,
    ],
    [
      'a soft prompt of no rows',
      writeSafetensors([tensor('embedding.weight', [0, 4])], { kind: 'soft_prompt' }),
      /has 0 rows; 1 to 1000/,
    ],
  ])('%s', (_, file, message) => {
    expect(() => parseAdapterFile(file)).toThrow(ServiceError);
    expect(() => parseAdapterFile(file)).toThrow(
      expect.objectContaining({ code: 'invalid_adapter', message: expect.stringMatching(message) }),
    );
  });

  test('a file larger than the limit, before it is read', () => {
    expect(() => parseAdapterFile(new Uint8Array(101), { bytesMax: 100 })).toThrow(
      /101 bytes, more than the limit 100/,
    );
  });
});

describe('reads', () => {
  test('a file at any offset of its buffer', () => {
    const file = adapterBytes(retrieveTensors);
    const shifted = new Uint8Array(file.byteLength + 1);
    shifted.set(file, 1);
    expect(parseAdapterFile(shifted.subarray(1))).toEqual(parseAdapterFile(file));
  });

  test('an adapter that training never changed: no rows', () => {
    const adapter = parseAdapterFile(adapterBytes(changed(rowsTensor(), tensor('docspec_embeddings.values', [0, 4]))));
    expect(adapter.embedding).toEqual({ kind: 'rows', rows: new Int32Array(0), values: new Float32Array(0) });
  });

  test.each([
    ['smollm2/adapter_R.safetensors', 'retrieve', 576, 1_527],
    ['smollm2/adapter_A.safetensors', 'attend', 576, 866],
  ])('the research checkpoint %s with its settings', (path, method, hiddenSize, rowCount) => {
    const adapter = parseAdapterFile(readFileSync(join(goldenFolder, path)));
    expect(adapter.config).toMatchObject({
      format: 'unversioned',
      method,
      k: 10,
      heads: 2,
      filters: 'd',
      residual: true,
      template: 'clean-1',
      training: { lr: '0.001', nq: '320', margin: '0.5' },
    });
    expect(adapter.hiddenSize).toBe(hiddenSize);
    expect(adapter.embedding?.kind === 'rows' && adapter.embedding.rows.length).toBe(rowCount);
    expect(adapter.embedding?.values.length).toBe(rowCount * hiddenSize);
    expect(adapter.attention === null).toBe(method === 'retrieve');
  });

  test('files that state their kind alone, with the settings of the caller', () => {
    const read = (letter: string) =>
      parseAdapterFile(readFileSync(join(goldenFolder, `qpeft/adapter_${letter}.safetensors`)), {
        unversionedSettings: { k: 5, filters: 'dq' },
      });
    expect(read('R')).toMatchObject({
      config: { method: 'retrieve', k: 5, filters: 'dq', residual: false },
      hiddenSize: 48,
      attention: null,
    });
    expect(read('R').embedding).toMatchObject({ kind: 'table' });
    expect(read('A').attention?.inProjectionWeight.length).toBe(3 * 48 * 48);
    expect(read('S')).toMatchObject({
      config: { method: 'soft-prompt' },
      mlp: null,
      embedding: null,
      softPrompt: { count: 4 },
    });
  });
});
