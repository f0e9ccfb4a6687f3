import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';
import { runPreparation } from '#gpu-worker/scoring/threads/run-preparation.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';

const modelPath = join(goldenFolder, 'tiny-llama');
let model: FrozenModel;
let cacheFolder: string;

beforeAll(() => {
  model = openModel(modelPath);
});
afterAll(() => model.close());
beforeEach(() => {
  cacheFolder = join(mkdtempSync(join(tmpdir(), 'hintrank-prepare-')), 'made', 'on demand');
});
afterEach(() => rmSync(join(cacheFolder, '../..'), { recursive: true, force: true }));

function prepare(precision: Precision = 'fp32', of: FrozenModel = model) {
  const fractions: number[] = [];
  const prepared = prepareModel(of, precision, cacheFolder, (_, fraction) => fractions.push(fraction));
  return { ...prepared, fractions };
}

/** Changes when a file is written again, even with the same bytes. */
const identityOf = (path: string) => {
  const { ino, mtimeMs, size } = statSync(path);
  return { ino, mtimeMs, size };
};

describe('preparing a model', () => {
  it('converts once and then uses the whole folder again', () => {
    const first = prepare();
    expect(first.fractions.at(-1)).toBe(1);
    const before = readdirSync(first.folder).map((name) => [name, identityOf(join(first.folder, name))]);
    const second = prepare();
    expect(second.fractions).toEqual([]);
    expect(second.manifest).toEqual(first.manifest);
    expect(second.graphs).toEqual(first.graphs);
    expect(readdirSync(first.folder).map((name) => [name, identityOf(join(first.folder, name))])).toEqual(before);
  });

  it('keeps precisions and models apart', () => {
    const other = { ...model, fingerprint: 'f'.repeat(64) };
    const prepared = [prepare('fp32'), prepare('int8'), prepare('fp16'), prepare('fp32', other)];
    const folders = prepared.map(({ folder }) => basename(folder));
    expect(new Set(folders).size).toBe(4);
    expect(folders[1]).toContain('int8');
    expect(readdirSync(cacheFolder).toSorted()).toEqual(folders.toSorted());
  });

  it('names a graph by its digest, and leaves the graphs of other versions of the code', () => {
    const { graphs, folder } = prepare();
    const graphPath = graphs.prefixPath;
    const digest = createHash('sha256').update(readFileSync(graphPath)).digest('hex');
    expect(basename(graphPath)).toBe(`prefix-${digest.slice(0, 12)}.onnx`);
    const longer = { ...model, config: { ...model.config, rmsEpsilon: 1e-3 }, fingerprint: model.fingerprint };
    const changed = prepare('fp32', longer);
    expect(changed.folder).toBe(folder);
    expect(changed.fractions).toEqual([]);
    expect(changed.graphs.prefixPath).not.toBe(graphPath);
    expect(existsSync(graphPath)).toBe(true);
  });

  it('leaves nothing behind when a tensor cannot be read half-way', () => {
    const broken: FrozenModel = {
      ...model,
      source: {
        ...model.source,
        readRows(name, start, end) {
          if (name === 'lm_head.weight') throw new Error('the disk is gone');
          return model.source.readRows(name, start, end);
        },
      },
    };
    for (const precision of ['fp32', 'int8', 'fp16'] as const) {
      expect(() => prepare(precision, broken)).toThrow('the disk is gone');
      expect(readdirSync(cacheFolder)).toEqual([]);
    }
    expect(prepare().fractions.at(-1)).toBe(1);
  });

  it('sweeps what a killed conversion left more than an hour ago, and nothing else', () => {
    const now = Date.now();
    for (const [name, ageMinutes] of [
      ['converting-killed', 61],
      ['converting-running', 30],
      ['somebody-elses', 600],
    ] as const) {
      mkdirSync(join(cacheFolder, name), { recursive: true });
      const at = new Date(now - ageMinutes * 60_000);
      utimesSync(join(cacheFolder, name), at, at);
    }
    const { folder } = prepare();
    expect(readdirSync(cacheFolder).toSorted()).toEqual(
      ['converting-running', 'somebody-elses', basename(folder)].toSorted(),
    );
  });

  it('removes converted weights that no start has used for a month, of any version, when it makes others', () => {
    const old = ['0'.repeat(20), '1'.repeat(20)].map((digest) => `${digest}-int8-v1`);
    const kept = ['f'.repeat(20), 'e'.repeat(20)].map((digest) => `${digest}-fp32-v2`);
    const ages: [string, number][] = [
      ...old.map((name): [string, number] => [name, 31]),
      ...kept.map((name): [string, number] => [name, 29]),
      ['adapters', 400],
    ];
    for (const [name, days] of ages) {
      mkdirSync(join(cacheFolder, name), { recursive: true });
      const at = new Date(Date.now() - days * 86_400_000);
      utimesSync(join(cacheFolder, name), at, at);
    }
    const { folder } = prepare();
    const left = [...kept, 'adapters', basename(folder)].toSorted();
    expect(readdirSync(cacheFolder).toSorted()).toEqual(left);
    // A start counts as use, though it writes nothing.
    const longAgo = new Date(Date.now() - 40 * 86_400_000);
    utimesSync(folder, longAgo, longAgo);
    prepare();
    prepare('int8');
    expect(existsSync(folder)).toBe(true);
  });
});

it('preparations at the same time, in threads of one process, all succeed with one folder and no remains', async () => {
  const results = await Promise.all(
    Array.from({ length: 3 }, () => runPreparation({ modelPath, precision: 'fp32', cacheFolder }, () => {})),
  );
  const folders = new Set(results.map(({ prepared }) => prepared.folder));
  expect(folders.size).toBe(1);
  const [folder = ''] = folders;
  expect(readdirSync(cacheFolder).toSorted()).toEqual([basename(folder), 'fingerprints'].toSorted());
  const { prefixPath = '', suffixPath = '', packed = null } = results[0]?.prepared.graphs ?? {};
  const packedFolder = dirname(packed?.prefixPath ?? '');
  expect(readdirSync(folder).toSorted()).toEqual(
    [basename(prefixPath), basename(suffixPath), basename(packedFolder), 'manifest.json', 'weights.bin'].toSorted(),
  );
  expect(readdirSync(join(cacheFolder, 'fingerprints'))).toHaveLength(1);
});
