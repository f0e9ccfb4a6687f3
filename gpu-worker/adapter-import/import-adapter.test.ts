import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importAdapter } from '#gpu-worker/adapter-import/import-adapter.ts';
import { type ImportSettings, importSettingsSchema } from '#gpu-worker/adapter-import/import-settings.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { resolveTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { HintMaker, HintSessions } from '#gpu-worker/scoring/hint-maker.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { type TensorToWrite, writeSafetensors } from '#shared/safetensors/write-safetensors.ts';
import { encode, makeAuthorsCheckpoint } from '#test/support/authors-checkpoint.ts';
import { matrixOf, referenceAttention, referenceHints, referenceSelection } from '#test/support/reference-hints.ts';
import { tinyTextHiddenSize as width, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

let folder: string;
let model: FrozenModel;
let tokenizer: Tokenizer;
let frozen: Float32Array;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-import-'));
  model = openModel(writeTinyTextModel(join(folder, 'model')));
  if (model.tokenizer === null) throw new Error('the tiny model has no tokenizer');
  tokenizer = model.tokenizer;
  frozen = model.source.readRows('model.embed_tokens.weight');
});
afterAll(() => {
  model.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(
  name: string,
  tensors: readonly TensorToWrite[],
  metadata: Record<string, string> = { format: 'pt' },
): string {
  const path = join(folder, name);
  writeFileSync(path, writeSafetensors(tensors, metadata));
  return path;
}

function importOf(path: string, settings: Partial<ImportSettings> = {}) {
  const imported = importAdapter(path, model, importSettingsSchema.parse(settings), 'fp32');
  return { ...imported, adapter: parseAdapterFile(imported.file) };
}

/** E'[ids] of a checkpoint's table. */
const rowsOf = (table: Float32Array, ids: readonly number[]) =>
  matrixOf(Float32Array.from(ids.flatMap((id) => [...table.subarray(id * width, (id + 1) * width)])), width);

describe.each(['F32', 'F16', 'BF16'] as const)('a checkpoint of the authors in %s', (dtype) => {
  const changedRows = [5, 101, 102, 256];

  it.each(['retrieve', 'attend'] as const)(
    'gives the hints of the formula as %s, from its changed rows alone',
    async (method) => {
      const checkpoint = makeAuthorsCheckpoint(frozen, width, { dtype, changedRows, attention: method === 'attend' });
      const { adapter, notes } = importOf(write(`${method}-${dtype}.safetensors`, checkpoint.tensors), { k: 3 });
      expect(adapter.config).toMatchObject({ method, k: 3, residual: false, template: 'authors-1' });
      expect(adapter.config.modelFingerprint).toBe(model.fingerprint);
      expect(adapter.config.tokenizerFingerprint).toBe(tokenizer.fingerprint);
      expect(adapter.embedding?.kind === 'rows' ? [...adapter.embedding.rows] : null).toEqual(changedRows);
      expect(notes.join(' ')).toContain('4 of 257 rows');

      const tensor = (name: string) => checkpoint.values.get(name) ?? new Float32Array(0);
      // E' as the checkpoint means it: what its type rounded was not trained.
      const stored = tensor('docspec_embeddings.weight');
      const table = frozen.slice();
      for (const row of changedRows) table.set(stored.subarray(row * width, (row + 1) * width), row * width);
      const template = resolveTemplate('authors-1', tokenizer);
      const [query, document] = [tokenizer.encode('dens & deers'), tokenizer.encode('A fox, seldom a deer.')];
      const [open, close] = [rowsOf(table, template.hintOpen), rowsOf(table, template.hintClose)];
      const keys = rowsOf(frozen, document);
      const middle =
        method === 'attend'
          ? referenceAttention(rowsOf(table, query), keys, adapter.config.heads, tensor, width)
          : rowsOf(table, referenceSelection(rowsOf(table, query), keys, document, 3));
      const expected = referenceHints([...open, ...middle, ...close], tensor, width).flat();

      const sessions = new HintSessions(width);
      const runner = await sessions.runnerFor(adapter);
      if (runner === null) throw new Error(`method ${method} has no hint session`);
      const filters = { specialIds: tokenizer.specialIds, isStopWord: () => false, hasLetter: () => true };
      const maker = new HintMaker(adapter, new EmbeddingTable(model.source), runner, filters);
      const { rows } = await maker.make({ open: template.hintOpen, close: template.hintClose, query, document });
      await sessions.close();
      expect(rows).toHaveLength(expected.length);
      for (const [index, value] of rows.entries()) {
        expect(Math.abs(value - (expected[index] ?? Number.NaN))).toBeLessThan(2e-5);
      }
    },
  );
});

describe('the instruction of a checkpoint', () => {
  const instruction = (ids: readonly number[], dtype: 'F32' | 'BF16' = 'F32'): TensorToWrite => {
    const values = Float32Array.from(rowsOf(frozen, ids).flat());
    return { name: 'embedding.weight', dtype, shape: [ids.length, width], data: encode(values, dtype) };
  };
  const { tensors } = { tensors: () => makeAuthorsCheckpoint(frozen, width, { changedRows: [7] }).tensors };

  it('is left out where it is the template’s own, also as bfloat16 rounds it', () => {
    const own = resolveTemplate('authors-1', tokenizer).instruction;
    for (const dtype of ['F32', 'BF16'] as const) {
      const { adapter, notes } = importOf(write(`own-${dtype}.safetensors`, [...tensors(), instruction(own, dtype)]));
      expect(adapter.softPrompt).toBeNull();
      expect(notes.join(' ')).toContain("template's own instruction, untrained: embedding.weight");
    }
  });

  it('is kept as a soft prompt where it is another', () => {
    const { adapter } = importOf(write('other.safetensors', [...tensors(), instruction([9, 8, 7])]));
    expect(adapter.config.method).toBe('retrieve');
    expect(adapter.softPrompt?.values).toEqual(Float32Array.from(rowsOf(frozen, [9, 8, 7]).flat()));
  });

  it('alone is a soft prompt', () => {
    expect(importOf(write('alone.safetensors', [instruction([3, 4])])).adapter.config.method).toBe('soft-prompt');
  });
});

it('stores all rows, and says what that may mean, where none is the base model’s', () => {
  const moved = frozen.map((value) => value * 0.97);
  const { adapter, notes } = importOf(write('moved.safetensors', makeAuthorsCheckpoint(moved, width).tensors));
  expect(adapter.embedding?.values).toEqual(moved);
  expect(notes.join(' ')).toContain('None of the 257 rows');
});

it('reads tensors of another method only by name of the method, and says what it left out', () => {
  const path = write('both.safetensors', makeAuthorsCheckpoint(frozen, width, { attention: true }).tensors);
  expect(importOf(path).adapter.config.method).toBe('attend');
  const { adapter, notes } = importOf(path, { method: 'retrieve' });
  expect(adapter.config.method).toBe('retrieve');
  expect(notes.join(' ')).toContain('docspec_attention.in_proj_weight');
});

describe('a PEFT prompt-tuning folder', () => {
  const config = {
    peft_type: 'PROMPT_TUNING',
    task_type: 'CAUSAL_LM',
    num_virtual_tokens: 4,
    token_dim: width,
    num_transformer_submodules: 1,
    base_model_name_or_path: 'some/model',
    prompt_tuning_init: 'RANDOM',
    inference_mode: true,
  };
  const values = Float32Array.from({ length: 4 * width }, (_, index) => Math.sin(index));
  const prompt: TensorToWrite = { name: 'prompt_embeddings', dtype: 'F32', shape: [4, width], data: values };
  const folderOf = (name: string, changes: object = {}, tensors: readonly TensorToWrite[] = [prompt]): string => {
    const place = join(folder, name);
    mkdirSync(place);
    writeFileSync(join(place, 'adapter_config.json'), JSON.stringify({ ...config, ...changes }));
    write(join(name, 'adapter_model.safetensors'), tensors);
    writeFileSync(join(place, 'README.md'), 'a model card');
    return place;
  };

  it('is a soft prompt of the same values', () => {
    const { adapter, kind, notes } = importOf(folderOf('peft'));
    expect(kind).toBe('peft-prompt-tuning');
    expect(adapter.config).toMatchObject({ method: 'soft-prompt', template: 'authors-1' });
    expect(adapter.softPrompt).toEqual({ count: 4, values });
    expect(notes.join(' ')).toContain('"some/model"');
  });

  it.each<[string, object, RegExp]>([
    ['lora', { peft_type: 'LORA' }, /peft_type "LORA"; only PROMPT_TUNING/],
    ['two-stacks', { num_transformer_submodules: 2 }, /num_transformer_submodules 2; only 1/],
    ['other-task', { task_type: 'SEQ_2_SEQ_LM' }, /task_type "SEQ_2_SEQ_LM"; only CAUSAL_LM/],
    ['other-count', { num_virtual_tokens: 8 }, /num_virtual_tokens 8, but tensor "prompt_embeddings" has 4/],
    ['other-width', { token_dim: 64 }, /token_dim 64, but tensor "prompt_embeddings" has 48/],
    ['no-type', { peft_type: 7 }, /adapter_config.json: peft_type/],
  ])('is refused: %s', (name, changes, message) => {
    expect(() => importOf(folderOf(`refused-${name}`, changes))).toThrow(message);
  });

  it('is refused for another tensor, another width and a file without its configuration', () => {
    const wide: TensorToWrite = { ...prompt, shape: [2, 2 * width] };
    const unset = { num_virtual_tokens: null, token_dim: null };
    expect(() => importOf(folderOf('wide', unset, [wide]))).toThrow(/has shape \[2, 96\]; .* needs \[n, 48\]/);
    const beside = { ...prompt, name: 'base_model.lora' };
    expect(() => importOf(folderOf('beside', {}, [prompt, beside]))).toThrow(/"base_model.lora" is beside/);
    expect(() => importOf(write('lonely.safetensors', [prompt]))).toThrow(/no adapter_config.json is beside/);
    expect(() => importOf(folderOf('no-prompt', { peft_type: 'LORA' }, [beside]))).toThrow(/peft_type "LORA"/);
    expect(() => importOf(folderOf('attend'), { method: 'attend' })).toThrow(/no adapter of method "attend"/);
  });
});

describe('refuses a checkpoint', () => {
  const good = () => makeAuthorsCheckpoint(frozen, width, { changedRows: [3], attention: true }).tensors;
  const changed = (name: string, change: (tensor: TensorToWrite) => TensorToWrite) =>
    good().map((tensor) => (tensor.name === name ? change(tensor) : tensor));
  const withValue = (name: string, at: number, value: number) =>
    changed(name, (tensor) => ({ ...tensor, data: (tensor.data as Float32Array).with(at, value) }));
  let count = 0;

  it.each<[string, () => readonly TensorToWrite[], Partial<ImportSettings>, RegExp]>([
    [
      'of another vocabulary',
      () => changed('docspec_embeddings.weight', (tensor) => ({ ...tensor, shape: [257 * 2, width / 2] })),
      {},
      /"docspec_embeddings.weight" has shape \[514, 24\]; the base model needs \[257, 48\]/,
    ],
    [
      'with a layer of another size',
      () => changed('doc_multi_layers.2.weight', (tensor) => ({ ...tensor, shape: [width * 2, width / 2] })),
      {},
      /"doc_multi_layers.2.weight" has shape \[96, 24\]; the base model needs \[48, 48\]/,
    ],
    [
      'with NaN in a changed row',
      () => withValue('docspec_embeddings.weight', 3 * width + 2, Number.NaN),
      {},
      /holds NaN at index 146/,
    ],
    [
      'with infinity in a layer',
      () => withValue('doc_multi_layers.0.bias', 5, Infinity),
      {},
      /"doc_multi_layers.0.bias" holds Infinity at index 5/,
    ],
    [
      'without a layer',
      () => good().filter(({ name }) => name !== 'doc_multi_layers.0.bias'),
      {},
      /"doc_multi_layers.0.bias" is missing/,
    ],
    [
      'without E′',
      () => good().filter(({ name }) => name !== 'docspec_embeddings.weight'),
      {},
      /"docspec_embeddings.weight" is missing/,
    ],
    [
      'without attention, named attend',
      () => good().filter(({ name }) => !name.startsWith('docspec_attention')),
      { method: 'attend' },
      /"docspec_attention.in_proj_weight" is missing/,
    ],
    ['without a prompt, named soft-prompt', good, { method: 'soft-prompt' }, /"embedding.weight" is missing/],
    ['whose heads do not divide the width', good, { heads: 5 }, /48 is not divisible by heads 5/],
    [
      'with an unknown tensor',
      () => [...good(), { name: 'lm_head.weight', dtype: 'F32', shape: [1], data: Float32Array.of(1) }],
      {},
      /tensor "lm_head.weight" is not one of embedding.weight, /,
    ],
    [
      'with integers',
      () => changed('doc_multi_layers.0.bias', (tensor) => ({ ...tensor, dtype: 'I32' })),
      {},
      /"doc_multi_layers.0.bias".*dtype I32 is not supported/,
    ],
    [
      'that is an adapter already',
      () => [{ name: 'docspec_embeddings.rows', dtype: 'F32', shape: [1], data: Float32Array.of(1) }],
      {},
      /an adapter of Hintrank already/,
    ],
  ])('%s', (_, tensors, settings, message) => {
    count += 1;
    const path = write(`refused-${count}.safetensors`, tensors());
    expect(() => importOf(path, settings)).toThrow(
      expect.objectContaining({ code: 'invalid_adapter', message: expect.stringMatching(message) }),
    );
  });
});

describe('refuses a file that is no safetensors', () => {
  const zip = Uint8Array.of(0x50, 0x4b, 0x03, 0x04, 0, 0, 8, 8, 0, 0, 0);
  const pickle = Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20);

  it.each<[string, Uint8Array, RegExp]>([
    ['adapter_model.bin', zip, /adapter_model.bin is named as a pickle.*save_file/],
    ['checkpoint.pt', new Uint8Array(0), /checkpoint.pt is named as a pickle/],
    ['renamed.safetensors', zip, /renamed.safetensors is by its first bytes a pickle/],
    ['old.safetensors', pickle, /old.safetensors is by its first bytes a pickle/],
    ['short.safetensors', new Uint8Array(4), /header/],
  ])('%s', (name, bytes, message) => {
    const place = mkdtempSync(join(folder, 'file-'));
    writeFileSync(join(place, name), bytes);
    expect(() => importOf(join(place, name))).toThrow(message);
    expect(() => importOf(place), 'as the only file of a folder').toThrow(message);
  });

  it('an empty folder, and one with two candidates', () => {
    const place = mkdtempSync(join(folder, 'folder-'));
    expect(() => importOf(place)).toThrow(/holds no safetensors file/);
    for (const name of ['a.safetensors', 'b.safetensors']) writeFileSync(join(place, name), zip);
    expect(() => importOf(place)).toThrow(/holds 2 safetensors files; name one: a.safetensors, b.safetensors/);
  });

  it('but not a safetensors file whose header of 640 bytes starts as a pickle does', () => {
    const { tensors } = makeAuthorsCheckpoint(frozen, width);
    const plain = writeSafetensors(tensors, { note: '' });
    const header = Number(new DataView(plain.buffer).getBigUint64(0, true));
    const file = writeSafetensors(tensors, { note: 'x'.repeat(640 - header) });
    expect([...file.subarray(0, 2)]).toEqual([0x80, 0x02]);
    const path = join(folder, 'header-640.safetensors');
    writeFileSync(path, file);
    expect(importOf(path).adapter.config.method).toBe('retrieve');
  });
});
