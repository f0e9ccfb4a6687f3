import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '#edge/log.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import type { UsageEntry } from '#edge/usage/usage-counts.ts';
import { usageDay } from '#edge/usage/usage-day.ts';
import { entriesMax, readTtlMs, UsageLedger, writeLostMs, writerTurnMs } from '#edge/usage/usage-ledger.ts';

function setUp({ pauseMs = 0 } = {}) {
  const clock = new ManualClock();
  const logs: LogEntry[] = [];
  const written: UsageEntry[][] = [];
  const stored = new Map<string, number>();
  const state = { down: false, reads: 0, writes: 0, gate: undefined as Promise<void> | undefined, onWrite: () => {} };
  const store = {
    add: async (entries: readonly UsageEntry[]) => {
      state.writes += 1;
      state.onWrite();
      await state.gate;
      if (state.down) throw new Error('no answer');
      written.push([...entries]);
      for (const { keyId, tokens } of entries) stored.set(keyId, (stored.get(keyId) ?? 0) + tokens);
    },
    tokensUsed: async (keyId: string) => {
      state.reads += 1;
      if (state.down) throw new Error('no answer');
      return stored.get(keyId) ?? 0;
    },
  };
  const log = (entry: LogEntry) => void logs.push(entry);
  const ledger = new UsageLedger({ store, now: clock.now, pause: async () => clock.advance(pauseMs), log });
  const count = (keyId: string, tokens: number) =>
    ledger.count({
      tenantId: 't',
      keyId,
      day: usageDay(clock.nowMs),
      requests: 1,
      searchUnits: 1,
      tokens,
      cachedTokens: 0,
    });
  return { ledger, clock, count, written, stored, state, logs };
}

describe('UsageLedger', () => {
  it('writes the sums of what was counted, once', async () => {
    const { ledger, count, written } = setUp();
    count('a', 5);
    count('b', 1);
    count('a', 7);
    await ledger.flush();
    await ledger.flush();
    expect(written).toEqual([
      [
        expect.objectContaining({ keyId: 'a', requests: 2, searchUnits: 2, tokens: 12 }),
        expect.objectContaining({ keyId: 'b', requests: 1, tokens: 1 }),
      ],
    ]);
  });

  it('has one write at a time, which takes along what is counted meanwhile', async () => {
    const { ledger, count, written, state } = setUp();
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    count('a', 1);
    const first = ledger.flush();
    while (state.writes === 0) await Promise.resolve();
    for (let tokens = 2; tokens < 10; tokens += 1) {
      count('a', tokens);
      await ledger.flush();
    }
    gate.resolve();
    await first;
    expect(written.map((entries) => entries.map(({ requests, tokens }) => [requests, tokens]))).toEqual([
      [[1, 1]],
      [[8, 44]],
    ]);
  });

  it('keeps what could not be written, and writes it with the next', async () => {
    const { ledger, count, written, state, logs } = setUp();
    state.down = true;
    count('a', 5);
    await ledger.flush();
    expect(logs).toEqual([expect.objectContaining({ event: 'usage_not_written' })]);
    state.down = false;
    count('a', 1);
    await ledger.flush();
    expect(written).toEqual([[expect.objectContaining({ requests: 2, tokens: 6 })]]);
  });

  it('pauses between writes under load, and leaves the rest to a later request when its turn is over', async () => {
    const { ledger, count, written, state } = setUp({ pauseMs: 1_000 });
    state.onWrite = () => count('a', 1);
    count('a', 1);
    await ledger.flush();
    expect(written).toHaveLength(writerTurnMs / 1_000);
    state.onWrite = () => undefined;
    await ledger.flush();
    expect(written.flat().map(({ tokens }) => tokens)).toEqual(Array.from({ length: 16 }, () => 1));
  });

  it('goes on after a write whose request the platform ended, and says what was lost', async () => {
    const { ledger, count, written, state, clock, logs } = setUp();
    state.gate = new Promise(() => undefined);
    count('a', 5);
    void ledger.flush();
    while (state.writes === 0) await Promise.resolve();
    state.gate = undefined;
    count('a', 1);
    await ledger.flush();
    expect(written).toEqual([]);
    clock.advance(writeLostMs);
    await ledger.flush();
    expect(written).toEqual([[expect.objectContaining({ tokens: 1 })]]);
    expect(logs).toEqual([expect.objectContaining({ event: 'usage_lost', entries: 1 })]);
  });

  it('knows a key’s tokens at once, whether written or not, whatever the order', async () => {
    const action = fc.oneof(fc.nat(100), fc.constantFrom('flush' as const, 'wait' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(action), async (actions) => {
        const { ledger, count, clock } = setUp();
        let sum = 0;
        for (const one of actions) {
          if (one === 'flush') await ledger.flush();
          else if (one === 'wait') clock.advance(readTtlMs);
          else {
            count('a', one);
            sum += one;
          }
          // Far from midnight: a day has 1,440 waits.
          expect(await ledger.tokensUsed('a')).toBe(sum);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('asks the store once a minute, and begins a day with nothing', async () => {
    const { ledger, count, clock, state, stored } = setUp();
    stored.set('a', 40);
    count('a', 2);
    expect([await ledger.tokensUsed('a'), await ledger.tokensUsed('a')]).toEqual([42, 42]);
    expect(state.reads).toBe(1);
    stored.set('a', 100);
    clock.advance(readTtlMs);
    expect(await ledger.tokensUsed('a')).toBe(102);
    stored.clear();
    clock.advance(86_400_000);
    expect(await ledger.tokensUsed('a')).toBe(0);
  });

  it('goes by what it knows while the store is down', async () => {
    const { ledger, count, clock, state, stored } = setUp();
    stored.set('a', 40);
    await ledger.tokensUsed('a');
    state.down = true;
    clock.advance(readTtlMs);
    count('a', 2);
    count('b', 3);
    expect([await ledger.tokensUsed('a'), await ledger.tokensUsed('b')]).toEqual([42, 3]);
  });

  it('holds no more than its limit while nothing can be written', async () => {
    const { ledger, count, logs, state, written } = setUp();
    state.down = true;
    for (let key = 0; key <= entriesMax; key += 1) count(`key-${key}`, 1);
    expect(logs).toEqual([expect.objectContaining({ event: 'usage_lost' })]);
    state.down = false;
    await ledger.flush();
    expect(written.flat()).toHaveLength(entriesMax);
  });
});
