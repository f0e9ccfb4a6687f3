export interface LinearSchedule {
  /** Steps over which the rate rises to its full height; 0 starts there. */
  readonly warmUpSteps: number;
  /** Step after which the rate would be 0. */
  readonly totalSteps: number;
}

/** The share of the learning rate at a step, counted from 1: (step / warm-up) at first, then falling in a straight line, 0 behind the end. */
export function linearRate(step: number, { warmUpSteps, totalSteps }: LinearSchedule): number {
  if (step <= warmUpSteps) return step / warmUpSteps;
  return step > totalSteps ? 0 : (totalSteps - step + 1) / (totalSteps - warmUpSteps);
}
