import type { RegionsRow } from '#test/bench/regions/run-regions-benchmark.ts';

export interface RegionsCheck {
  readonly sentence: string;
  readonly holds: boolean;
}

/** How much the p99 of continents to which nothing happened may grow. */
const growthMax = 1.1;

/** What must hold of the policy that knows regions. */
export function checkRegions(rows: readonly RegionsRow[]): RegionsCheck[] {
  const ours = rows.filter(({ policy }) => policy === 'regions');
  const disturbed = ours.filter(({ scenario }) => scenario !== 'undisturbed');
  const calmP99 = new Map(
    ours.filter(({ scenario }) => scenario === 'undisturbed').map((row) => [row.continent, row.summary.p99Ms]),
  );
  const scenarios = [...new Set(ours.map(({ scenario }) => scenario))];
  const failures = scenarios.map((scenario) => {
    const failed = ours
      .filter((row) => row.scenario === scenario)
      .reduce((sum, { summary }) => sum + summary.failed, 0);
    return { sentence: `${scenario}: ${failed} failed requests (0 allowed)`, holds: failed === 0 };
  });
  const p99s = disturbed
    .filter(({ isDisturbed }) => !isDisturbed)
    .map(({ scenario, continent, summary: { p99Ms } }) => {
      const ratio = p99Ms / (calmP99.get(continent) ?? Number.NaN);
      return {
        sentence: `${scenario}: p99 in ${continent} is ${ratio.toFixed(2)} times the undisturbed one (at most ${growthMax})`,
        holds: ratio <= growthMax,
      };
    });
  const spilled = disturbed
    .filter(({ isDisturbed }) => !isDisturbed)
    .reduce(
      (sums, { scenario, served }) => sums.set(scenario, (sums.get(scenario) ?? 0) + served.guests),
      new Map<string, number>(),
    );
  const spills = [...spilled].map(([scenario, guests]) => ({
    sentence: `${scenario}: ${guests} documents spilled over to other regions (more than 0)`,
    holds: guests > 0,
  }));
  return [...failures, ...p99s, ...spills];
}
