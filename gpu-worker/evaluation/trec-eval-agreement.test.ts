import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBeirJudgements } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import { measureRun } from '#gpu-worker/evaluation/measure-run.ts';
import { listMetrics } from '#gpu-worker/evaluation/metric.ts';
import { readTrecRun } from '#gpu-worker/evaluation/read-trec-run.ts';
import { bootstrapMeans } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import { pairedTTest } from '#gpu-worker/evaluation/statistics/paired-t-test.ts';
import { writeTrecRun } from '#gpu-worker/evaluation/write-trec-run.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'trec-eval');
const readJson = async (name: string) => JSON.parse(await readFile(join(fixtures, name), 'utf8'));

const folder = await mkdtemp(join(tmpdir(), 'hintrank-trec-eval-'));
await mkdir(join(folder, 'qrels'));
await cp(join(fixtures, 'qrels.tsv'), join(folder, 'qrels', 'test.tsv'));
const judgements = await readBeirJudgements(folder, 'test');
const run = await readTrecRun(join(fixtures, 'run.trec'));
await writeTrecRun(join(folder, 'copy.trec'), run, 'copy');
const copy = await readTrecRun(join(folder, 'copy.trec'));
await rm(folder, { recursive: true });

describe('measureRun', () => {
  it.each([
    ['as read', run],
    ['written by us and read again', copy],
  ] as const)('gives the figures of trec_eval for a run full of ties, %s', async (_, measured) => {
    // biome-ignore format: two cases
    const expected: Record<string, Record<string, number>> = await readJson('expected.json');
    const { queryIds, values } = measureRun(measured, judgements, listMetrics([1, 5, 10, 20]));
    expect([...queryIds].sort()).toEqual(Object.keys(expected).sort());
    expect(values.size).toBe(17);
    for (const [label, column] of values) {
      for (const [index, queryId] of queryIds.entries())
        expect(column[index], `${label} of ${queryId}`).toBeCloseTo(expected[queryId]?.[label] ?? Number.NaN, 9);
    }
  });
});

describe('statistics', () => {
  it('agree with scipy: t, p-value, and the bootstrap interval up to its own noise', async () => {
    const rows: { differences: number[]; statistic: number; pValue: number; low: number; high: number }[] =
      await readJson('statistics.json');
    expect(rows).toHaveLength(4);
    for (const { differences, statistic, pValue, low, high } of rows) {
      const test = pairedTTest(differences);
      expect((test?.statistic ?? 0) / statistic).toBeCloseTo(1, 6);
      expect(Math.log((test?.pValue ?? 0) / pValue)).toBeCloseTo(0, 6);
      const [interval] = bootstrapMeans([differences], { seed: 1, resamples: 5000 });
      const tolerance = 0.05 * (high - low);
      expect(Math.abs((interval?.low ?? 0) - low)).toBeLessThan(tolerance);
      expect(Math.abs((interval?.high ?? 0) - high)).toBeLessThan(tolerance);
    }
  });
});
