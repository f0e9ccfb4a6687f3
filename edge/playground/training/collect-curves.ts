import type { TrainingEventData } from '#shared/protocol/training-events.ts';

export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** What a job's events draw. */
export interface TrainingCurves {
  /** Mean loss of the steps up to each point. */
  readonly loss: readonly CurvePoint[];
  /** nDCG@10 of the adapter on the dev queries. */
  readonly dev: readonly CurvePoint[];
  /** Of the base model on the same; null: not known yet. */
  readonly base: number | null;
  /** At most; 0: not known yet. */
  readonly steps: number;
}

/** Curves of all events so far. A run that goes on from an earlier step has its later points anew. */
export function collectCurves(events: readonly TrainingEventData[]): TrainingCurves {
  let loss: CurvePoint[] = [];
  let dev: CurvePoint[] = [];
  let base: number | null = null;
  let steps = 0;
  for (const event of events) {
    if (event.kind === 'resumed') {
      loss = loss.filter(({ step }) => step <= event.step);
      dev = dev.filter(({ step }) => step <= event.step);
    } else if (event.kind === 'progress') {
      steps = event.steps;
      if (event.loss !== null) loss.push({ step: event.step, value: event.loss });
    } else if (event.kind === 'dev') {
      dev.push({ step: event.step, value: event.metric });
    } else if (event.kind === 'base') {
      base = event.metric;
    }
  }
  return { loss, dev, base, steps };
}
