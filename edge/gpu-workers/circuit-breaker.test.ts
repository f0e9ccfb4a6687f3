import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CallVerdict,
  type Circuit,
  closedCircuit,
  mayCall,
  whenCalled,
  whenEnded,
} from '#edge/gpu-workers/circuit-breaker.ts';

const nowMs = 100_000;
const closed = (failures: number): Circuit => ({ state: 'closed', failures });
const open = (untilMs: number, openings = 1): Circuit => ({ state: 'open', untilMs, openings });
const halfOpen = (overdueAtMs: number, openings = 1): Circuit => ({ state: 'half-open', overdueAtMs, openings });

describe('whenEnded', () => {
  it.each<[Circuit, CallVerdict, Circuit]>([
    [closed(0), 'success', closed(0)],
    [closed(2), 'success', closed(0)],
    [closed(2), 'neutral', closed(2)],
    [closed(0), 'failure', closed(1)],
    [closed(1), 'slow', closed(2)],
    [closed(2), 'failure', open(nowMs + 2_000)],
    [closed(2), 'slow', open(nowMs + 2_000)],
    [open(nowMs + 500), 'failure', open(nowMs + 500)],
    [open(nowMs + 500), 'slow', open(nowMs + 500)],
    [open(nowMs + 500), 'neutral', open(nowMs + 500)],
    [open(nowMs + 500), 'success', closed(0)],
    [halfOpen(nowMs + 500, 1), 'success', closed(0)],
    [halfOpen(nowMs + 500, 1), 'failure', open(nowMs + 4_000, 2)],
    [halfOpen(nowMs + 500, 2), 'slow', open(nowMs + 8_000, 3)],
    [halfOpen(nowMs + 500, 9), 'failure', open(nowMs + 30_000, 10)],
    [halfOpen(nowMs + 500, 1), 'neutral', halfOpen(nowMs, 1)],
  ])('%j after a %s is %j', (circuit, verdict, next) => {
    expect(whenEnded(circuit, verdict, nowMs)).toEqual(next);
  });
});

describe('mayCall and whenCalled', () => {
  it.each<[Circuit, boolean, Circuit]>([
    [closed(0), true, closed(0)],
    [closed(2), true, closed(2)],
    [open(nowMs + 1), false, open(nowMs + 1)],
    [open(nowMs, 3), true, halfOpen(nowMs + 5_000, 3)],
    [halfOpen(nowMs + 1), false, halfOpen(nowMs + 1)],
    [halfOpen(nowMs, 3), true, halfOpen(nowMs + 5_000, 3)],
  ])('%j lets a call through: %s; then it is %j', (circuit, allowed, next) => {
    expect([mayCall(circuit, nowMs), whenCalled(circuit, nowMs)]).toEqual([allowed, next]);
  });
});

describe('a circuit over any history', () => {
  const event = fc.record({
    pauseMs: fc.nat(40_000),
    verdict: fc.constantFrom<CallVerdict>('success', 'failure', 'slow', 'neutral'),
  });

  it('never shuts a worker out for longer than 30 seconds, and one success brings it back whole', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let circuit = closedCircuit;
        let now = 0;
        for (const { pauseMs, verdict } of events) {
          now += pauseMs;
          if (mayCall(circuit, now)) circuit = whenCalled(circuit, now);
          circuit = whenEnded(circuit, verdict, now);
        }
        expect(mayCall(circuit, now + 30_000)).toBe(true);
        expect(whenEnded(circuit, 'success', now)).toEqual(closedCircuit);
      }),
    );
  });
});
