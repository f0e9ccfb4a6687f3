import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import { checkRegions } from '#test/bench/regions/check-regions.ts';
import { continents, roundTripMs, roundTripSource } from '#test/bench/regions/continents.ts';
import { plotRegions } from '#test/bench/regions/plot-regions.ts';
import { policies } from '#test/bench/regions/policies.ts';
import type { RegionsBenchmarkResult, RegionsRow } from '#test/bench/regions/run-regions-benchmark.ts';
import { rushFactor, slowFactor } from '#test/bench/regions/scenarios.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

/** The result for people and programs. */
export function renderRegionsBenchmark(result: RegionsBenchmarkResult, machine: MachineDescription): BenchmarkReport {
  const { rows, ...settings } = result;
  const checks = checkRegions(rows);
  const used = policies.filter(({ name }) => settings.policies.includes(name));
  const markdown = [
    describeMachineLine(machine),
    describeSettings(result),
    describeWays(),
    used.map(({ name, meaning }) => `* ${name}: ${meaning}.`).join('\n'),
    ...used.map(({ name }) => tableOf(name, rows)),
    checks.map(({ sentence, holds }) => `* ${holds ? 'holds' : 'FAILS'}: ${sentence}`).join('\n'),
    '',
  ].join('\n\n');
  const json = { machine, ...settings, roundTrips: waysOf(), checks, rows };
  return { name: 'regions', json, markdown, plots: [{ name: 'regions', svg: plotRegions(rows) }] };
}

function describeSettings(result: RegionsBenchmarkResult): string {
  const { seconds, rate, documents, workersPerRegion, threads, documentMs } = result;
  const used = (rate * documents * documentMs) / (workersPerRegion * threads * 1_000);
  return [
    `Each scenario ${seconds} s; callers of each continent come at random, ${rate} a second, with ${documents} new documents each, to an edge of their own (workerd).`,
    `Workers: ${workersPerRegion} a continent, each in a network namespace, the real HTTP service and queue over ${threads} threads that take ${documentMs} ms a document: undisturbed they are ${(100 * used).toFixed(0)} % busy.`,
    `In North America: a flash crowd of ${rushFactor} times the callers; then workers and ways ${slowFactor} times as slow; then its cables pulled, for half of the time. The same callers come in every scenario.`,
  ].join('\n');
}

function waysOf() {
  return continents.flatMap((from, index) =>
    continents.slice(index + 1).map((to) => ({
      between: [from.name, to.name],
      milliseconds: roundTripMs(from.region, to.region),
    })),
  );
}

function describeWays(): string {
  const ways = waysOf().map(({ between, milliseconds }) => `${between.join(' and ')} ${milliseconds}`);
  return `Round trips in ms, by a relay in user space that delays bytes: ${ways.join(', ')}, within a continent ${roundTripMs('enam', 'enam')}; ${roundTripSource}.`;
}

function tableOf(policy: string, rows: readonly RegionsRow[]): string {
  const own = rows.filter((row) => row.policy === policy);
  const cellsOf = (scenario: string) =>
    own
      .filter((row) => row.scenario === scenario)
      .map(({ summary }) => `${summary.p50Ms.toFixed(0)}, ${summary.p99Ms.toFixed(0)}${failuresOf(summary.failed)}`);
  const names = [...new Set(own.map(({ scenario }) => scenario))];
  const guestsOf = (scenario: string) =>
    own.filter((row) => row.scenario === scenario).reduce((sum, { served }) => sum + served.guests, 0);
  return markdownTable(
    [`${policy}: p50, p99 in ms`, ...continents.map(({ name }) => name), 'documents of guests'],
    names.map((name) => [name, ...cellsOf(name), String(guestsOf(name))]),
  );
}

function failuresOf(failed: number): string {
  return failed === 0 ? '' : ` (${failed} failed)`;
}
