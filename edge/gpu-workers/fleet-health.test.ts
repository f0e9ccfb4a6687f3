import { describe, expect, it } from 'vitest';
import { FleetHealth } from '#edge/gpu-workers/fleet-health.ts';

const workers = ['a', 'b', 'c', 'd'];

function create() {
  const clock = { nowMs: 0 };
  const health = new FleetHealth(() => clock.nowMs);
  for (const id of workers) health.called(id, 0);
  const end = (id: string, verdict: 'slow' | 'failure', times = 3) => {
    for (let call = 0; call < times; call += 1) health.ended(id, verdict);
  };
  return { clock, health, end, healthy: () => workers.filter((id) => health.isHealthy(id)) };
}

describe('FleetHealth', () => {
  it('shuts out a worker that fails or is slow three times in a row, and lets one call find out later', () => {
    const { clock, health, end, healthy } = create();
    end('a', 'slow');
    end('b', 'failure', 2);
    health.ended('b', 'success');
    end('b', 'failure', 2);
    expect([healthy(), health.isOpen('a')]).toEqual([['b', 'c', 'd'], true]);
    clock.nowMs = 2_000;
    expect(healthy()).toEqual(workers);
    health.called('a', 0);
    expect([healthy(), health.isOpen('a')]).toEqual([['b', 'c', 'd'], false]);
    health.ended('a', 'success');
    expect(healthy()).toEqual(workers);
  });

  it('shuts out at most half of the workers for being slow', () => {
    const { end, healthy } = create();
    for (const id of workers) end(id, 'slow');
    expect(healthy()).toEqual(['c', 'd']);
  });

  it('shuts out slow workers beside those that fail', () => {
    const { end, healthy } = create();
    for (const id of ['a', 'b']) end(id, 'failure');
    for (const id of ['c', 'd']) end(id, 'slow');
    expect(healthy()).toEqual([]);
    const other = create();
    other.end('a', 'failure');
    for (const id of ['b', 'c', 'd']) other.end(id, 'slow');
    expect(other.healthy()).toEqual(['d']);
  });

  it('shuts out every worker that fails', () => {
    const { end, healthy } = create();
    for (const id of workers) end(id, 'failure');
    expect(healthy()).toEqual([]);
  });

  it('can shut out one of two workers for being slow', () => {
    const health = new FleetHealth(() => 0);
    for (const id of ['a', 'b']) health.called(id, 0);
    for (let call = 0; call < 3; call += 1) for (const id of ['a', 'b']) health.ended(id, 'slow');
    expect(['a', 'b'].map((id) => health.isHealthy(id))).toEqual([false, true]);
  });

  it('pays hedges from what first calls earn', () => {
    const { health } = create();
    const affords = (documents: number) => health.affordsHedge(documents, { id: 'a', calledAtMs: 0 });
    health.ended('a', 'success');
    while (affords(1));
    health.called('a', 100);
    expect([affords(11), affords(10), affords(1)]).toEqual([false, true, false]);
  });

  it('gives one hedge in a tenth of a second beside a worker that has not answered since it was called', () => {
    const { clock, health } = create();
    const affords = (id: string, calledAtMs: number) => health.affordsHedge(1, { id, calledAtMs });
    health.ended('a', 'success');
    while (affords('a', 0));
    clock.nowMs = 200;
    expect([affords('a', 0), affords('a', 150), affords('a', 150), affords('b', 150)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    clock.nowMs = 299;
    expect(affords('a', 150)).toBe(false);
    clock.nowMs = 300;
    expect(affords('a', 150)).toBe(true);
    health.ended('a', 'success');
    clock.nowMs = 500;
    expect(affords('a', 150)).toBe(false);
  });
});
