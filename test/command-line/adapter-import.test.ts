import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { resolveTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { writeSafetensors } from '#shared/safetensors/write-safetensors.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { makeAuthorsCheckpoint } from '#test/support/authors-checkpoint.ts';
import { tinyTextHiddenSize as width, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const pair = { query: 'red fox', document: 'A fox is red.' };

let folder: string;
let model: string;
let frozen: Float32Array;
let tokenizer: Tokenizer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-import-'));
  model = writeTinyTextModel(join(folder, 'model'));
  const opened = openModel(model);
  if (opened.tokenizer === null) throw new Error('the tiny model has no tokenizer');
  tokenizer = opened.tokenizer;
  frozen = opened.source.readRows('model.embed_tokens.weight');
  opened.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rowOf = (id: number) => frozen.subarray(id * width, (id + 1) * width);

/** The tokens of the template around a document, with `instruction` in the place of its own and `hints` in that of the hint block. */
function promptWith(instruction: readonly number[], hints: readonly number[]): number[] {
  const template = resolveTemplate('authors-1', tokenizer);
  return [
    ...template.start,
    ...instruction,
    ...template.passageOpen,
    ...tokenizer.encode(pair.document),
    ...template.documentClose,
    ...hints,
    ...template.cue,
  ];
}

async function meanOf(line: object, more: readonly string[] = []): Promise<number> {
  const result = await runHintrank(['score', '--input', '-', '--model', model, ...more], `${JSON.stringify(line)}\n`);
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout).mean_log_likelihood;
}

/** What the model gives the query after a prompt of nothing but tokens. */
function meanAfter(promptIds: readonly number[]): Promise<number> {
  const { targetStart, targetEnd } = resolveTemplate('authors-1', tokenizer);
  return meanOf({ prompt_ids: promptIds, target_ids: [...targetStart, ...tokenizer.encode(pair.query), ...targetEnd] });
}

async function importTo(name: string, words: readonly string[]): Promise<string> {
  const output = join(folder, name);
  const result = await runHintrank(['adapter', 'import', ...words, '--output', output, '--model', model]);
  expect(result.stderr).toBe('');
  expect(result.exitCode).toBe(0);
  expect(result.stdout).toContain(createHash('sha256').update(readFileSync(output)).digest('hex'));
  return output;
}

describe('hintrank adapter import', () => {
  it("makes an adapter of the authors' checkpoint, which scores as the tokens that its hints spell", async () => {
    // A last layer of zeros with the row of "~" as its bias makes every row of the block that row.
    const spoken = tokenizer.encode('~')[0] ?? 0;
    const { tensors } = makeAuthorsCheckpoint(frozen, width, { changedRows: [4, 9] });
    const changed = tensors.map((tensor) => {
      if (tensor.name === 'doc_multi_layers.2.weight') return { ...tensor, data: new Float32Array(width ** 2) };
      return tensor.name === 'doc_multi_layers.2.bias' ? { ...tensor, data: rowOf(spoken) } : tensor;
    });
    const path = join(folder, 'checkpoint.safetensors');
    writeFileSync(path, writeSafetensors(changed, { format: 'pt' }));
    const adapter = await importTo('authors.safetensors', [path, '--k', '5']);
    const template = resolveTemplate('authors-1', tokenizer);
    const rows = template.hintOpen.length + 5 + template.hintClose.length;
    const expected = await meanAfter(
      promptWith(
        template.instruction,
        Array.from({ length: rows }, () => spoken),
      ),
    );
    expect(await meanOf(pair, ['--adapter', adapter])).toBeCloseTo(expected, 4);
    expect(await meanOf(pair, ['--template', 'authors-1'])).not.toBeCloseTo(expected, 3);
  });

  it('makes an adapter of a PEFT folder, which scores as the tokens that its prompt spells', async () => {
    const prompt = tokenizer.encode('ask:');
    const place = join(folder, 'peft');
    mkdirSync(place);
    const config = {
      peft_type: 'PROMPT_TUNING',
      task_type: 'CAUSAL_LM',
      num_virtual_tokens: prompt.length,
      token_dim: width,
    };
    writeFileSync(join(place, 'adapter_config.json'), JSON.stringify(config));
    const data = Float32Array.from(prompt.flatMap((id) => [...rowOf(id)]));
    const tensor = { name: 'prompt_embeddings', dtype: 'F32', shape: [prompt.length, width], data } as const;
    writeFileSync(join(place, 'adapter_model.safetensors'), writeSafetensors([tensor]));
    const adapter = await importTo('peft.safetensors', [place]);
    const expected = await meanAfter(promptWith(prompt, []));
    expect(await meanOf(pair, ['--adapter', adapter])).toBeCloseTo(expected, 4);
  });

  it('says in JSON what it did', async () => {
    const path = join(folder, 'plain.safetensors');
    writeFileSync(path, writeSafetensors(makeAuthorsCheckpoint(frozen, width, { attention: true }).tensors));
    const output = join(folder, 'plain-adapter.safetensors');
    const words = ['adapter', 'import', path, '--output', output, '--model', model, '--heads', '4', '--json'];
    const report = JSON.parse((await runHintrank(words)).stdout);
    expect(report).toMatchObject({ output, source: path, kind: 'authors', config: { method: 'attend', heads: 4 } });
    expect(report.notes).toEqual([
      "0 of 257 rows of docspec_embeddings.weight differ from the base model's and are stored.",
    ]);
  });

  it('names a pickle, says what to do, and leaves nothing behind', async () => {
    const place = mkdtempSync(join(folder, 'pickle-'));
    const path = join(place, 'adapter_model.bin');
    writeFileSync(path, Uint8Array.of(0x80, 2, 0x8a));
    const output = join(place, 'out.safetensors');
    const result = await runHintrank(['adapter', 'import', path, '--output', output, '--model', model]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`hintrank: ${path}: adapter: adapter_model.bin is named as a pickle`);
    expect(result.stderr).toContain('save_file');
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(place)).toEqual(['adapter_model.bin']);
  });

  it.each([
    [['--k', '0'], 2, '--k is "0": Too small'],
    [['--heads', 'two'], 2, '--heads is "two": Invalid input: expected number'],
    [['--filters', 'xy'], 2, '--filters is "xy", which is neither "none" nor'],
    [['--template', 'clean-9'], 2, '--template is "clean-9": Invalid option'],
    [['--storage', 'int8'], 2, '--storage must be one of fp16, fp32'],
    [[], 1, '/no/such.safetensors does not exist.'],
  ])('%j ends with %i', async (more, exitCode, sentence) => {
    const output = join(folder, 'none.safetensors');
    const result = await runHintrank([
      'adapter',
      'import',
      '/no/such.safetensors',
      '--output',
      output,
      '--model',
      model,
      ...more,
    ]);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(`hintrank: ${sentence}`);
  });

  it('without a path says what is missing', async () => {
    const result = await runHintrank(['adapter', 'import', '--output', join(folder, 'none.safetensors')]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('hintrank: PATH is required.');
  });
});
