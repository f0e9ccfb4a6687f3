import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type MeasureOptions, measureCells, type ScoringCell } from '#cli/study/cells/measure-cells.ts';
import { MeasuredCellFile } from '#cli/study/cells/measured-cell-file.ts';
import type { ScoreTask, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { scriptedEngine } from '#test/support/scripted-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-measure-cells-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(join(folder, 'cells'), { recursive: true, force: true });
  mkdirSync(join(folder, 'cells'));
});

/** 30 documents: two chunks. q1 asks for all of them, q2 for the first. */
const ids = Array.from({ length: 30 }, (_, n) => `d${n}`);
const entries = ids.map((documentId) => ({ documentId, score: 1 }));
const set = {
  description: 'made up',
  run: new Map([
    ['q1', entries],
    ['q2', entries.slice(0, 1)],
  ]),
  documents: new Map(ids.map((id) => [id, { title: '', text: id }])),
  maxTokensPerDoc: 8,
  unanswerable: 0,
};
const cells: ScoringCell[] = [
  { digest: 'base', description: 'base', method: { template: 'clean-1' } },
  { digest: 'adapter', description: 'adapter', method: { adapterDigest: 'a'.repeat(64) } },
];

/** An engine that fails at the `failAt`th task; scores tell document, query and method apart. */
function tableEngine(failAt = Number.POSITIVE_INFINITY): { engine: ScoringEngine; tasks: ScoreTask[] } {
  const tasks: ScoreTask[] = [];
  const engine = scriptedEngine({
    score: async (task) => {
      tasks.push(task);
      if (tasks.length >= failAt) throw new Error('killed');
      const own = -Number(task.document.slice(1)) - (task.template === undefined ? 0.5 : 0);
      return task.queries.map(() => ({
        targetIds: [],
        targetLogLikelihoods: new Float32Array(),
        documentTokens: 1,
        truncated: false,
        meanLogLikelihood: own,
      }));
    },
  });
  return { engine, tasks };
}

const options: MeasureOptions = {
  folder,
  queries: new Map([
    ['q1', 'one'],
    ['q2', 'two'],
  ]),
  withTitle: false,
  signal: new AbortController().signal,
  onScored: () => undefined,
};

describe('measuring cells', () => {
  it('scores each pair once for each cell, all cells of a chunk before the next chunk', async () => {
    const { engine, tasks } = tableEngine();
    let scored = 0;
    await measureCells(engine, set, cells, { ...options, onScored: (pairs) => (scored += pairs) });
    expect([scored, tasks.length]).toEqual([62, 60]);
    const order = tasks.map(
      ({ document, template }) => `${Number(document.slice(1)) < 24 ? 1 : 2}${template ?? ' adapter'}`,
    );
    expect(order.filter((one, index) => one !== order[index - 1])).toEqual([
      '1clean-1',
      '1 adapter',
      '2clean-1',
      '2 adapter',
    ]);
    const pairs = new MeasuredCellFile(folder, 'adapter').read() ?? [];
    expect(pairs).toHaveLength(31);
    expect(pairs).toEqual(expect.arrayContaining([['q1', 'd7', -7.5], ['q2', 'd0', -0.5]])); // biome-ignore format: two pairs
    expect(readdirSync(join(folder, 'cells')).sort(), 'nothing half done is left').toEqual([
      'adapter.json',
      'base.json',
    ]);
  });

  it('goes on at the chunk that was cut off, and ends with the same file', async () => {
    await measureCells(tableEngine().engine, set, cells, options);
    const undisturbed = cells.map(({ digest }) => new MeasuredCellFile(folder, digest).read());
    for (const { digest } of cells) rmSync(join(folder, 'cells', `${digest}.json`));

    await expect(measureCells(tableEngine(50).engine, set, cells, options)).rejects.toThrow('killed');
    expect(new MeasuredCellFile(folder, 'base').read(), 'a cell that is not done').toBeNull();
    // A kill may leave half a line.
    appendFileSync(join(folder, 'cells', 'base.partial.jsonl'), '\n{"chunk":1,"pai');
    const { engine, tasks } = tableEngine();
    await measureCells(engine, set, cells, options);
    expect(tasks, 'only the second chunk is scored again').toHaveLength(12);
    expect(cells.map(({ digest }) => new MeasuredCellFile(folder, digest).read())).toEqual(undisturbed);
  });

  it('takes a cell file that is not whole for one that is not done', () => {
    writeFileSync(join(folder, 'cells', 'base.json'), '{"format":"hintrank-study-cell-1","pairs":[["q1","d0"');
    expect(new MeasuredCellFile(folder, 'base').read()).toBeNull();
  });
});
