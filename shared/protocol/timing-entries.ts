import type { ScoreTiming } from '#shared/protocol/score.ts';

/** The parts of a worker's time as entries of Server-Timing; `prefix` in front of each name. */
export function timingEntries(timing: ScoreTiming, prefix = ''): string[] {
  const entry = (name: string, ms: number) => `${prefix}${name};dur=${ms.toFixed(1)}`;
  return [
    entry('queue', timing.queue_ms),
    entry('tokenize', timing.tokenize_ms),
    `${entry('prefix', timing.prefix_ms)};desc="${timing.prefix_hits} of ${timing.prefixes} kept"`,
    entry('hints', timing.hints_ms),
    entry('suffix', timing.suffix_ms),
  ];
}
