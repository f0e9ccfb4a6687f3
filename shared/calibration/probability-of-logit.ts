import { insideUnitInterval } from '#shared/calibration/inside-unit-interval.ts';

/**
 * 1 / (1 + exp(−logit)) in (0, 1), strictly inside. Doubles tell logits apart from −708 (p = 3e-308) to about 33 (1 − p = 5e-15), where a logit's
 * last digits begin to vanish in 1 − p; real pairs lie between −11 and 5 with the shipped constants.
 */
export function probabilityOfLogit(logit: number): number {
  // Two forms of the same: exp never overflows, and small probabilities keep all their digits.
  return insideUnitInterval(logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit)));
}
