import { describe, expect, it } from 'vitest';
import { describePair, describeRange, tallyPairs, verdictOf } from '#cli/study/describe-pairs.ts';
import type { StudyGrid, StudyRow } from '#cli/study/study.ts';
import { type MeasuredRow, StudyResults } from '#cli/study/study-results.ts';
import { baseScorer, bm25Candidates } from '#cli/study/study-rows.ts';
import { studyTable } from '#cli/study/study-table.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';

const rowOf = (id: string): StudyRow => ({
  id,
  panel: 'p',
  label: id.toUpperCase(),
  candidates: bm25Candidates,
  scorer: baseScorer,
});
const measured = (row: StudyRow, ...seeds: (readonly number[])[]): MeasuredRow => ({
  row,
  keptSteps: [],
  runs: seeds.map((values) => ({
    queryIds: values.map((_, index) => `q${index}`),
    values: new Map([[decidingMetric, values]]),
  })),
});
const bootstrap = { seed: 1, resamples: 500 };
const rows = ['base', 'good', 'same', 'bad'].map(rowOf);
const [base, good, same, bad] = rows as [StudyRow, StudyRow, StudyRow, StudyRow];
const grid: StudyGrid = { rows, pairs: ['good', 'same', 'bad'].map((row) => ({ row, against: 'base' })) };
const values = Array.from({ length: 40 }, (_, query) => 0.4 + (query % 5) / 50);
const shifted = (by: number) => values.map((value, query) => value + by + (query % 2 === 0 ? 0.01 : -0.01));
const results = new StudyResults(
  grid,
  [measured(base, values), measured(good, shifted(0.2)), measured(same, shifted(0)), measured(bad, shifted(-0.2))],
  bootstrap,
);

describe('results of a study', () => {
  it('call a difference what the corrected test says', () => {
    expect(results.pairs.map(verdictOf)).toEqual(['better', 'open', 'worse']);
    expect(describePair(results.pair('good', 'base'))).toMatch(
      /^\+0\.2000 \[\+0\.19\d+, \+0\.20\d+\], p < 0\.0001, a significant gain$/,
    );
    expect(describePair(results.pair('same', 'base'))).toMatch(/ p 1\.0000, not significant$/);
    expect(tallyPairs(results.pairs, ({ row }) => row.label)).toBe(
      'significantly better in 1 of 3 (GOOD), significantly worse in 1 of 3 (BAD)',
    );
    expect(describeRange(results, ['bad', 'good', 'same'])).toBe(
      'the highest is GOOD (0.6400), the lowest BAD (0.2400)',
    );
  });

  it('correct for the number of differences: what one test would call real is open among twenty', () => {
    const difference = values.map((value, query) => value + 0.02 + (query % 2 === 0 ? 0.05 : -0.05));
    const verdict = (others: number) => {
      const more = Array.from({ length: others }, (_, index) => rowOf(`same-${index}`));
      const all = [base, good, ...more];
      const pairs = all.slice(1).map(({ id }) => ({ row: id, against: 'base' }));
      const cells = [
        measured(base, values),
        measured(good, difference),
        ...more.map((row) => measured(row, shifted(0))),
      ];
      return verdictOf(new StudyResults({ rows: all, pairs }, cells, bootstrap).pair('good', 'base'));
    };
    expect([verdict(0), verdict(19)]).toEqual(['better', 'open']);
  });

  it('average the seeds of a query before anything is compared, and keep what each seed had', () => {
    const twice = new StudyResults({ rows: [base], pairs: [] }, [measured(base, [0.2, 0.4], [0.4, 0.8])], bootstrap);
    expect(twice.value('base')).toBeCloseTo(0.45, 12);
    expect(twice.row('base').seedMeans.map((value) => value.toFixed(2))).toEqual(['0.30', '0.60']);
    expect(twice.row('base').queries).toBe(2);
  });
});

describe.each(studyTable.map((study) => [study.name, study] as const))('the conclusion of %s', (_, study) => {
  const sizes = {
    trainQueries: 64,
    testQueries: 40,
    depth: 10,
    steps: 24,
    seeds: 1,
    devQueries: 24,
    keep: 'last' as const,
    maxTokensPerDoc: 160,
  };
  const inputs = { sizes, runPath: study.takesRun ? 'dense.trec' : undefined };
  const whole = study.grid(inputs);
  /** Every row that is compared with another gains `by` over it: rows later in the grid stand higher or lower. */
  const conclude = (by: number) => {
    const cells = whole.rows.map((row, place) => measured(row, shifted(by * place)));
    return study.conclude(new StudyResults(whole, cells, bootstrap));
  };

  it('follows the figures: other figures give another sentence', () => {
    expect(conclude(0)).toContain('significant');
    expect(conclude(0)).not.toMatch(/significant(?:ly)? (?:better|worse) in \d|a significant/);
    expect(conclude(0.01)).toMatch(/better in \d|a significant gain/);
    expect(conclude(0.01)).not.toBe(conclude(-0.01));
    expect(conclude(0)).toMatch(/\.$/);
  });

  it('is about rows that are there: ids are unique, and pairs name them', () => {
    const ids = whole.rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { row, against } of whole.pairs) expect(ids).toEqual(expect.arrayContaining([row, against]));
  });
});
