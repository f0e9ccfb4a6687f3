import { expect, it } from 'vitest';
import { ArchiveCheck } from '#edge/training/datasets/archive/archive-check.ts';
import { limits } from '#shared/limits.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

it.each([
  ['queries', limits.archiveQueriesMax, (index: number) => `q${index}\td\t1`],
  ['pairs', limits.archivePairsMax, (index: number) => `q\td${index}\t1`],
])('counts judged %s over all parts, and holds no more of them than may be', (_, limit, line) => {
  const check = new ArchiveCheck({ hasDev: true });
  for (let index = 0; index <= limit + 10; index += 1) {
    check.add(index % 2 === 0 ? 'train' : 'dev', bytes(line(index)), index + 1);
  }
  const verdict = check.finish();
  expect(verdict).toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('more than 100,000 queries are judged, or 200,000 pairs relevant'),
  });
});
