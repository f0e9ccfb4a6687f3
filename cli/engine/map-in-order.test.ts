import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '#cli/engine/map-in-order.ts';

describe('mapInOrder', () => {
  it('yields in the order of the items, whichever finishes first, and never has more than `concurrency` running', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 5 }),
        async (scheduler, items, concurrency) => {
          let running = 0;
          let mostRunning = 0;
          const map = async (item: number): Promise<number> => {
            mostRunning = Math.max(mostRunning, ++running);
            await scheduler.schedule(Promise.resolve());
            running--;
            return item * 2;
          };
          const results = await scheduler.waitFor(Array.fromAsync(mapInOrder(items, concurrency, map)));
          expect(results).toEqual(items.map((item) => item * 2));
          expect(mostRunning).toBeLessThanOrEqual(concurrency);
        },
      ),
    );
  });

  it('takes no item that nobody waits for', async () => {
    let taken = 0;
    const source = function* (): Generator<number> {
      for (;;) yield ++taken;
    };
    const results = mapInOrder(source(), 3, async (item) => item);
    await results.next();
    expect(taken).toBe(3);
    await results.return(undefined);
  });

  it('ends with the first failure in order, after the results before it', async () => {
    const seen: number[] = [];
    const failing = async (item: number): Promise<number> => {
      if (item === 3) throw new Error('third');
      return item;
    };
    const drain = async (): Promise<void> => {
      for await (const result of mapInOrder([1, 2, 3, 4], 2, failing)) seen.push(result);
    };
    await expect(drain()).rejects.toThrow('third');
    expect(seen).toEqual([1, 2]);
  });
});
