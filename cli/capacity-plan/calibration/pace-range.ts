import type { BusySample } from '#cli/capacity-plan/calibration/measure-busy.ts';

/** Of the whole time. */
const parts = 5;

/** Fewer calls in a part on average say nothing: one more or less is a twentieth then. */
const callsMin = 20;

/** Documents a second in the slowest and in the fastest fifth of a full load: what has the machine to itself keeps its pace. null: too few calls to tell. */
export function paceRange({
  answeredAtMs,
  documentsPerCall,
  milliseconds,
}: Pick<BusySample, 'answeredAtMs' | 'documentsPerCall' | 'milliseconds'>): {
  readonly slowest: number;
  readonly fastest: number;
} | null {
  if (answeredAtMs.length < callsMin * parts) return null;
  const partMs = milliseconds / parts;
  const paces = Array.from({ length: parts }, (_, part) => {
    const answered = answeredAtMs.filter((atMs) => Math.min(parts - 1, Math.floor(atMs / partMs)) === part).length;
    return (answered * documentsPerCall * 1_000) / partMs;
  });
  return { slowest: Math.min(...paces), fastest: Math.max(...paces) };
}
