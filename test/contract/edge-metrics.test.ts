import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { numberColumns, textColumns } from '#edge/telemetry/request-data-point.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

const operating = readFileSync(join(repositoryFolder, 'docs/operating.md'), 'utf8');
const described = new Map(
  [...operating.matchAll(/^\| .*`((?:blob|double)\d+)` \| (.*) \|$/gm)].map((match) => [match[1], match[2]]),
);

it('docs/operating.md has each column of the edge’s data points in its place', () => {
  const written = [
    ...textColumns.map(([name], index) => [`blob${index + 1}`, name] as const),
    ...numberColumns.map(([name], index) => [`double${index + 1}`, name] as const),
  ];
  expect([...described.keys()]).toEqual(written.map(([column]) => column));
  for (const [column, name] of written) expect(described.get(column)).toMatch(new RegExp(`^${name}`));
});

it('its queries name columns that there are', () => {
  const queries = [...operating.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const named = queries.flatMap((query) => query.match(/\b(?:blob|double)\d+\b/g) ?? []);
  expect(queries).toHaveLength(2);
  expect(named.filter((column) => !described.has(column))).toEqual([]);
});
