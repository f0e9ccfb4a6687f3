import { seededRandom } from '#gpu-worker/training/seeded-random.ts';

/** A time in which more callers come than else. */
export interface Rush {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly factor: number;
}

export interface ArrivalOptions {
  readonly seed: number;
  readonly purpose: string;
  readonly seconds: number;
  /** Arrivals a second. */
  readonly rate: number;
  readonly rush?: Rush | undefined;
}

/**
 * When callers come, in seconds from the start: a Poisson process, so that nobody waits for anybody. Until a rush begins, the arrivals are the same
 * as without it, which passes the same process more quickly.
 */
export function drawArrivals({ seed, purpose, seconds, rate, rush }: ArrivalOptions): number[] {
  const random = seededRandom(seed, purpose, 0);
  const arrivals: number[] = [];
  for (let calmSeconds = 0; ; ) {
    calmSeconds -= Math.log(1 - random.uniform()) / rate;
    const atSeconds = rush === undefined ? calmSeconds : timeInRush(calmSeconds, rush);
    if (atSeconds >= seconds) return arrivals;
    arrivals.push(atSeconds);
  }
}

/** When as many callers have come as would have by `calmSeconds` without the rush. */
function timeInRush(calmSeconds: number, { startSeconds, endSeconds, factor }: Rush): number {
  const beyond = calmSeconds - startSeconds;
  const rushed = (endSeconds - startSeconds) * factor;
  if (beyond <= 0) return calmSeconds;
  return beyond <= rushed ? startSeconds + beyond / factor : endSeconds + beyond - rushed;
}
