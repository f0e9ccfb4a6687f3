import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutPrefix, noAdapterParts, type SequencePart } from '#gpu-worker/q-peft/layout-pair.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { emptyStageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import type { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import { FrozenPrefixes } from '#gpu-worker/scoring/prefix-cache/frozen-prefixes.ts';
import { PrefixCache } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import { tokenTemplate } from '#test/support/token-template.ts';

const template: TokenTemplate = { ...tokenTemplate, instruction: [5, 6, 40, 41] };
const shared = [1, 5, 6, 40, 41, 7];
const documents = [
  [20, 31, 22, 53, 64],
  [70, 21],
];

describe.each(['fp32', 'int8', 'fp16'] as const)('prefixes in %s', (precision) => {
  let tiny: GoldenModel;
  beforeAll(async () => {
    tiny = await prepareGoldenModel(join(goldenFolder, 'tiny-llama'), precision);
  });
  afterAll(() => tiny.close());

  /** Prefixes over a cache of this size, and the rows of each run. */
  function open(bytesMax = 10_000_000) {
    const rows: string[] = [];
    const { runner, embeddings } = tiny;
    const rowsOf = (values: Float32Array) => values.length / embeddings.width;
    const counting: Pick<LanguageModelRunner, 'keyValues' | 'sharedKeyValues'> = {
      keyValues(values, past) {
        rows.push(`${rowsOf(values)} behind ${past?.length ?? 0}`);
        return runner.keyValues(values, past);
      },
      sharedKeyValues(values) {
        rows.push(`${rowsOf(values)} shared`);
        return runner.sharedKeyValues(values);
      },
    };
    const prefixes = new FrozenPrefixes({ runner: counting, embeddings, cache: new PrefixCache(bytesMax) });
    const times = emptyStageTimes();
    return { rows, times, run: (parts: readonly SequencePart[]) => prefixes.keyValues(parts, times) };
  }

  const prefixOf = (document: readonly number[]) => layoutPrefix(template, document, noAdapterParts);

  it('have the bits of one run, though what documents share is run once and by itself', async () => {
    const { rows, run } = open(0);
    for (const document of [...documents, ...documents]) {
      const whole = tiny.embeddings.gather([...shared, ...document, 8]);
      expect(await run(prefixOf(document))).toEqual(await tiny.runner.keyValues(whole));
    }
    expect(rows).toEqual(['6 shared', '6 behind 6', '3 behind 6', '6 behind 6', '3 behind 6']);
  });

  it('are kept by all of their tokens', async () => {
    const { rows, times, run } = open();
    const [document = []] = documents;
    const first = await run(prefixOf(document));
    expect(await run(prefixOf(document))).toBe(first);
    expect(rows).toHaveLength(2);
    const moved = { ...template, passageOpen: [], documentClose: [8] };
    await run(layoutPrefix(moved, [7, ...document], noAdapterParts));
    expect(rows.slice(2)).toEqual(['5 shared', '7 behind 5']);
    expect(times).toMatchObject({ prefixHits: 1, prefixMisses: 2 });
  });

  it('are run as a whole where rows of an adapter stand in them, or where there is nothing to share', async () => {
    const { rows, run } = open();
    const softPrompt = tiny.embeddings.gather([5, 6, 40]);
    await run(layoutPrefix(template, [20], { ...noAdapterParts, softPrompt }));
    await run(layoutPrefix({ ...template, start: [], instruction: [], passageOpen: [] }, [20], noAdapterParts));
    await run(layoutPrefix({ ...template, documentClose: [] }, [], noAdapterParts));
    expect(rows).toEqual(['7 behind 0', '2 behind 0', '6 behind 0']);
  });
});
