import { describe, expect, it } from 'vitest';
import { hedgeDelayMs } from '#edge/gpu-workers/hedge-delay.ts';
import { LatencyWindow } from '#edge/gpu-workers/latency-window.ts';

const filled = (values: readonly number[], characters = 1_000) => {
  const window = new LatencyWindow();
  for (const value of values) window.record(characters, value);
  return window;
};
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('LatencyWindow', () => {
  it('knows nothing before ten calls', () => {
    expect(filled(upTo(9)).p95(1_000)).toBeUndefined();
    expect(filled(upTo(10)).p95(1_000)).toBe(10);
  });

  it('is the time within which 95 of 100 calls were answered, whatever their order', () => {
    expect(filled(upTo(100)).p95(1_000)).toBe(95);
    expect(filled(upTo(100).reverse()).p95(1_000)).toBe(95);
  });

  it('forgets all but the newest hundred', () => {
    expect(filled([...upTo(100).map(() => 9_999), ...upTo(100)]).p95(1_000)).toBe(95);
  });

  it('tells sizes apart by powers of two', () => {
    const window = filled(upTo(10), 1_000);
    expect([window.p95(600), window.p95(1_024), window.p95(1_025), window.p95(0)]).toEqual([
      10,
      10,
      undefined,
      undefined,
    ]);
  });
});

describe('hedgeDelayMs', () => {
  it.each([
    [300, 60_000, 300],
    [3, 60_000, 20],
    [undefined, 60_000, 2_000],
    [undefined, 1_000, 500],
    [5_000, 6_001, 3_001],
  ])('a p95 of %s ms with %d ms left: %d ms', (p95Ms, remainingMs, delayMs) => {
    expect(hedgeDelayMs(p95Ms, remainingMs)).toBe(delayMs);
  });
});
