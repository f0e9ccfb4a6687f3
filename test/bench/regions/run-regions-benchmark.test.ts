import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderRegionsBenchmark } from '#test/bench/regions/render-regions-benchmark.ts';
import { runRegionsBenchmark } from '#test/bench/regions/run-regions-benchmark.ts';
import { namespaceNeeds } from '#test/bench/regions/worker-namespaces.ts';

const tiny = {
  ...{ seed: 1, seconds: 3, warmUpSeconds: 1, rate: 2, documents: 4, workersPerRegion: 2, threads: 1, documentMs: 5 },
  policies: ['regions'],
  onProgress: () => undefined,
  signal: new AbortController().signal,
};

const namespacesOfThis = () =>
  execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith(`hintrank-${process.pid}-`));

/** Whether this user may make network namespaces here; elsewhere the benchmark has to say so. */
function mayMakeNamespaces(): boolean {
  const name = `hintrank-trial-${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'delete', name]);
    return true;
  } catch {
    return false;
  }
}

it('serves each continent in its own region, loses nothing with a region, and cleans up; or says what it needs', async () => {
  if (!mayMakeNamespaces()) {
    await expect(runRegionsBenchmark(tiny)).rejects.toThrow(namespaceNeeds);
    return;
  }
  const result = await runRegionsBenchmark(tiny);
  const of = (scenario: string) => result.rows.filter((row) => row.scenario === scenario);
  expect(of('undisturbed')).toHaveLength(3);
  for (const { served, summary } of of('undisturbed'))
    expect(served).toEqual({ own: summary.requests * tiny.documents, guests: 0 });
  expect(result.rows.map(({ summary }) => summary.failed)).toEqual(result.rows.map(() => 0));
  const guests = of('region lost').reduce((sum, { served }) => sum + served.guests, 0);
  expect(guests).toBeGreaterThan(0);
  expect(namespacesOfThis()).toEqual([]);
  const { markdown, plots } = renderRegionsBenchmark(result, describeMachine());
  expect(markdown).toMatch(/^\| region lost \| \d+, \d+ \| \d+, \d+ \| \d+, \d+ \| \d+ \|$/m);
  expect(plots.map(({ svg }) => svg.startsWith('<svg'))).toEqual([true]);
}, 300_000);
