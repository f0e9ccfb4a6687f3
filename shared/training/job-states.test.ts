import { describe, expect, it } from 'vitest';
import {
  endedStates,
  hasEnded,
  type JobEvent,
  type JobState,
  jobEvents,
  jobStates,
  jobTransitions,
  leasedStates,
  nextJobState,
} from '#shared/training/job-states.ts';

/** Every transition, written out a second time: the table cannot change without this. */
const expected: readonly (readonly [JobState, JobEvent, JobState])[] = [
  ['submitted', 'admit', 'queued'],
  ['submitted', 'refuse', 'failed'],
  ['submitted', 'cancel', 'cancelled'],
  ['queued', 'lease', 'running'],
  ['queued', 'cancel', 'cancelled'],
  ['running', 'expire', 'queued'],
  ['running', 'give-up', 'failed'],
  ['running', 'release', 'queued'],
  ['running', 'complete', 'completed'],
  ['running', 'fail', 'failed'],
  ['running', 'cancel', 'cancelling'],
  ['cancelling', 'expire', 'cancelled'],
  ['cancelling', 'give-up', 'cancelled'],
  ['cancelling', 'release', 'cancelled'],
  ['cancelling', 'complete', 'cancelled'],
  ['cancelling', 'fail', 'cancelled'],
  ['cancelling', 'stop', 'cancelled'],
  ['cancelling', 'cancel', 'cancelling'],
  ['completed', 'cancel', 'completed'],
  ['failed', 'cancel', 'failed'],
  ['cancelled', 'cancel', 'cancelled'],
];

const pairs = jobStates.flatMap((state) => jobEvents.map((event) => [state, event] as const));

describe('states of a training job', () => {
  it.each(pairs)('%s, %s: as written, or not at all', (state, event) => {
    const row = expected.find(([from, by]) => from === state && by === event);
    expect(nextJobState(state, event)).toBe(row?.[2]);
  });

  it('can be cancelled wherever they are, and nothing is published after that', () => {
    for (const state of jobStates) expect(nextJobState(state, 'cancel')).toBeDefined();
    expect(Object.values(jobTransitions.cancelling)).not.toContain('completed');
  });

  it('end, and never go on from an end', () => {
    for (const state of endedStates) {
      expect(jobEvents.map((event) => nextJobState(state, event)).filter((next) => next !== undefined)).toEqual([
        state,
      ]);
    }
    expect(jobStates.filter(hasEnded)).toEqual([...endedStates]);
  });

  it('all lead to an end and are reached from the first', () => {
    const reachable = (from: JobState): Set<JobState> => {
      const found = new Set<JobState>([from]);
      for (const state of found) for (const next of Object.values(jobTransitions[state])) found.add(next);
      return found;
    };
    expect([...reachable('submitted')].sort()).toEqual([...jobStates].sort());
    for (const state of jobStates) expect([...reachable(state)].some(hasEnded)).toBe(true);
  });

  it('that a worker holds are those that its last words change', () => {
    const finishing: readonly JobEvent[] = ['expire', 'give-up', 'release', 'complete', 'fail'];
    const held = jobStates.filter((state) => finishing.every((event) => nextJobState(state, event) !== undefined));
    expect(held).toEqual([...leasedStates]);
  });
});
