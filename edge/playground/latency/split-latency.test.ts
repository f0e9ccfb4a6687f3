import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseServerTiming } from '#edge/playground/latency/parse-server-timing.ts';
import { splitLatency } from '#edge/playground/latency/split-latency.ts';
import { timingEntries } from '#shared/protocol/timing-entries.ts';

const timing = { queue_ms: 2, tokenize_ms: 1, prefix_ms: 7, hints_ms: 0, suffix_ms: 4, prefixes: 3, prefix_hits: 1 };
const header = ['worker;dur=20.0', ...timingEntries(timing, 'worker-'), 'total;dur=30.0'].join(', ');

describe('splitLatency', () => {
  it('splits what the edge really writes', () => {
    const parts = splitLatency(header, 34).map(({ id, ms }) => [id, ms]);
    expect(parts).toEqual([
      ['network', 4],
      ['edge', 10],
      ['queue', 2],
      ['tokenize', 1],
      ['prefix', 7],
      ['suffix', 4],
      ['other', 6],
    ]);
    expect(splitLatency(header, 34).find(({ id }) => id === 'prefix')?.note).toContain('1 of 3 kept');
  });

  it('shares the worker’s time among stages that several threads worked on', () => {
    const parts = splitLatency('worker;dur=10.0, worker-queue;dur=10.0, worker-prefix;dur=30.0, total;dur=10.0', 10);
    expect(parts.map(({ id, ms }) => [id, ms])).toEqual([
      ['queue', 2.5],
      ['prefix', 7.5],
    ]);
  });

  it('has network and edge alone where no worker was asked', () => {
    expect(splitLatency('total;dur=3.0', 5).map(({ id }) => id)).toEqual(['network', 'edge']);
    expect(splitLatency('', 5)).toMatchObject([{ id: 'network', ms: 5 }]);
  });

  it('adds up to the round trip, also where clocks disagree', () => {
    const ms = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(ms, ms, ms, ms, (worker, queue, total, roundTrip) => {
        const parts = splitLatency(`worker;dur=${worker}, worker-queue;dur=${queue}, total;dur=${total}`, roundTrip);
        expect(parts.reduce((sum, part) => sum + part.ms, 0)).toBeCloseTo(roundTrip, 6);
        expect(parts.every((part) => part.ms > 0)).toBe(true);
      }),
    );
  });
});

it('reads other servers’ entries too, and drops what has no duration', () => {
  expect(parseServerTiming('miss, db;dur=x')).toEqual([]);
  expect(parseServerTiming('cfEdge;dur=4,cfOrigin;dur=0')).toEqual([
    { name: 'cfEdge', ms: 4 },
    { name: 'cfOrigin', ms: 0 },
  ]);
});
