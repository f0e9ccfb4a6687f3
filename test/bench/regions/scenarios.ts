import type { Region } from '#test/bench/regions/continents.ts';
import type { Rush } from '#test/bench/regions/draw-arrivals.ts';

/** What happens to one continent for a part of the time. */
export interface Scenario {
  readonly name: string;
  readonly disturbance: 'none' | 'rush' | 'slow' | 'lost';
}

/** In this order: after a loss it takes an edge up to 30 s to look for the region again. */
export const scenarios = [
  { name: 'undisturbed', disturbance: 'none' },
  { name: 'flash crowd', disturbance: 'rush' },
  { name: 'region slow', disturbance: 'slow' },
  { name: 'region lost', disturbance: 'lost' },
] as const satisfies readonly Scenario[];

/** Where it happens. */
export const disturbedRegion: Region = 'enam';

/** How many times the callers of a flash crowd are; the way and the work of a slow region. */
export const rushFactor = 4;
export const slowFactor = 5;

/** Seconds of a flash crowd. */
const rushSeconds = 10;

/** From when to when, in seconds of a run; a flash crowd is short, so that what follows it is in the run too. */
export function disturbedTime({ disturbance }: Scenario, seconds: number): { start: number; end: number } {
  const start = seconds / 4;
  return { start, end: disturbance === 'rush' ? Math.min(start + rushSeconds, seconds / 2) : (3 * seconds) / 4 };
}

/** The rush of a continent's callers in this scenario, if there is one. */
export function rushOf(scenario: Scenario, region: Region, seconds: number): Rush | undefined {
  if (scenario.disturbance !== 'rush' || region !== disturbedRegion) return undefined;
  const { start, end } = disturbedTime(scenario, seconds);
  return { startSeconds: start, endSeconds: end, factor: rushFactor };
}
