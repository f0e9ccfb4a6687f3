import type { BusySample } from '#cli/capacity-plan/calibration/measure-busy.ts';

/** Of the whole time. In 20 s, which is the default, each is longer than what one garbage collection takes. */
const parts = 5;

/** Documents a second of the slowest and of the fastest fifth of a full load: what had the machine to itself keeps its pace. */
export function paceRange({
  answeredAtMs,
  documentsPerCall,
  milliseconds,
}: Pick<BusySample, 'answeredAtMs' | 'documentsPerCall' | 'milliseconds'>): { slowest: number; fastest: number } {
  const partMs = milliseconds / parts;
  const paces = Array.from({ length: parts }, (_, part) => {
    const answered = answeredAtMs.filter((atMs) => Math.min(parts - 1, Math.floor(atMs / partMs)) === part).length;
    return (answered * documentsPerCall * 1_000) / partMs;
  });
  return { slowest: Math.min(...paces), fastest: Math.max(...paces) };
}
