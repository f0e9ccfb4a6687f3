import { describe, expect, it } from 'vitest';
import { createApiKeyFinder, knownKeyTtlMs, readTimeoutMs, unknownKeyTtlMs } from '#edge/api-keys/find-api-key.ts';
import type { KeyLookup, StoredApiKey } from '#edge/api-keys/key-lookup.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';
import type { Peppers } from '#shared/api-keys/parse-peppers.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';

/** Keys that each cache of these tests holds. */
const cachedKeysMax = 5;

async function setUp(peppers: Peppers = { current: 'pepper', others: [] }) {
  const stored = await storedKey('key-1');
  const rows = new Map<string, StoredApiKey>([[stored.hash, stored]]);
  const clock = new ManualClock();
  const state = { reads: 0, moves: 0, down: false, cannotMove: false, hangs: false, readMs: 0 };
  const { find, forget } = createApiKeyFinder({
    peppers,
    now: clock.now,
    timeoutSignal: clock.timeoutSignal,
    log: () => undefined,
    cachedKeysMax,
    readKeyRows: async (hashes) => {
      state.reads += 1;
      if (state.down) throw new Error('no answer');
      clock.advance(state.readMs);
      if (state.hangs) return new Promise(() => undefined);
      return hashes.map((hash) => rows.get(hash)).filter((row) => row !== undefined);
    },
    moveKeyRow: async (row, moved) => {
      state.moves += 1;
      if (state.cannotMove) throw new Error('no answer');
      if (rows.delete(row.hash)) rows.set(moved.hash, { ...stored, ...moved });
    },
  });
  return { rows, clock, state, find, forget, stored };
}

async function storedKey(key: string): Promise<StoredApiKey> {
  const hash = await hashApiKey('pepper', key);
  const terms = { expiresAtMs: null, revokedAtMs: null, requestsPerMinute: null, tokensPerDay: null };
  return { id: 'key_1', tenantId: 't', hash, pepperId: await pepperId('pepper'), scopes: ['rerank'], ...terms };
}

/** What `find` says, once a move that it began has ended. */
async function settled(lookup: Promise<KeyLookup>): Promise<KeyLookup['kind']> {
  const found = await lookup;
  if (found.kind === 'found') await found.move;
  return found.kind;
}

describe('createApiKeyFinder', () => {
  it('reads a known key once in 60 seconds', async () => {
    const { find, clock, state, stored } = await setUp();
    for (const passed of [0, knownKeyTtlMs - 1]) {
      clock.advance(passed);
      expect(await find('key-1')).toEqual({ kind: 'found', apiKey: stored });
    }
    expect(state.reads).toBe(1);
    clock.advance(1);
    await find('key-1');
    expect(state.reads).toBe(2);
  });

  it('forgets after 5 seconds that a key is unknown, so that a new key soon works', async () => {
    const { find, clock, state, rows } = await setUp();
    expect(await find('key-2')).toEqual({ kind: 'unknown' });
    const added = await storedKey('key-2');
    rows.set(added.hash, added);
    clock.advance(unknownKeyTtlMs - 1);
    expect(await find('key-2')).toEqual({ kind: 'unknown' });
    expect(state.reads).toBe(1);
    clock.advance(1);
    expect(await find('key-2')).toMatchObject({ kind: 'found' });
  });

  it('goes on with cached keys while the database is down, for their time, and lets nobody else in', async () => {
    const { find, clock, state } = await setUp();
    await find('key-1');
    state.down = true;
    expect(await find('key-1')).toMatchObject({ kind: 'found' });
    expect(await find('key-2')).toEqual({ kind: 'unavailable' });
    clock.advance(knownKeyTtlMs);
    expect(await find('key-1')).toEqual({ kind: 'unavailable' });
  });

  it('does not remember an outage as an unknown key', async () => {
    const { find, state } = await setUp();
    state.down = true;
    expect(await find('key-1')).toEqual({ kind: 'unavailable' });
    state.down = false;
    expect(await find('key-1')).toMatchObject({ kind: 'found' });
  });

  it('sees a revocation at the latest 60 seconds after it, however slow the read was', async () => {
    const { find, clock, rows, stored, state } = await setUp();
    state.readMs = 4_000;
    await find('key-1');
    rows.set(stored.hash, { ...stored, revokedAtMs: clock.nowMs });
    clock.advance(knownKeyTtlMs - 4_000);
    expect(await find('key-1')).toMatchObject({ apiKey: { revokedAtMs: expect.any(Number) } });
    expect(state.reads).toBe(2);
  });

  it('reads a key anew that it was told to forget', async () => {
    const { find, forget, state, stored } = await setUp();
    await find('key-1');
    forget(stored.id);
    await find('key-1');
    expect(state.reads).toBe(2);
  });

  it('counts a database that hangs as down', async () => {
    const { find, clock, state } = await setUp();
    state.hangs = true;
    const looking = find('key-1');
    // The hash is computed before the read begins and its timeout is set.
    while (state.reads === 0) await new Promise((resolve) => setTimeout(resolve));
    clock.advance(readTimeoutMs);
    expect(await looking).toEqual({ kind: 'unavailable' });
  });

  it('does not let invented keys push known ones out', async () => {
    const { find, state } = await setUp();
    await find('key-1');
    for (let index = 0; index <= cachedKeysMax; index += 1) await find(`invented-${index}`);
    const before = state.reads;
    expect(await find('key-1')).toMatchObject({ kind: 'found' });
    expect(state.reads).toBe(before);
    expect(await find('invented-0')).toEqual({ kind: 'unknown' });
    expect(state.reads).toBe(before + 1);
  });

  it('refuses a row whose hash is not the one asked for', async () => {
    const { rows, find } = await setUp();
    rows.set(await hashApiKey('pepper', 'key-3'), await storedKey('key-1'));
    expect(await find('key-3')).toEqual({ kind: 'unknown' });
  });
});

describe('createApiKeyFinder with another pepper', () => {
  const rotating: Peppers = { current: 'new', others: ['older', 'pepper'] };

  it('finds a key under any pepper by one read, and moves it to the current one', async () => {
    const { find, state, rows, clock } = await setUp(rotating);
    expect(await settled(find('key-1'))).toBe('found');
    expect(state).toMatchObject({ reads: 1, moves: 1 });
    const hash = await hashApiKey('new', 'key-1');
    expect([...rows.values()]).toMatchObject([{ hash, pepperId: await pepperId('new') }]);
    clock.advance(knownKeyTtlMs);
    expect(await settled(find('key-1'))).toBe('found');
    expect(state).toMatchObject({ reads: 2, moves: 1 });
  });

  it('asks once for a key that no pepper knows', async () => {
    const { find, state } = await setUp(rotating);
    expect([await settled(find('key-2')), await settled(find('key-2'))]).toEqual(['unknown', 'unknown']);
    expect(state).toMatchObject({ reads: 1, moves: 0 });
  });

  it('serves a key that cannot be moved, and tries again when it is read again', async () => {
    const { find, state, clock, stored } = await setUp(rotating);
    state.cannotMove = true;
    expect(await settled(find('key-1'))).toBe('found');
    expect(await settled(find('key-1'))).toBe('found');
    expect(state.moves).toBe(1);
    state.cannotMove = false;
    clock.advance(knownKeyTtlMs);
    expect(await find('key-1')).toMatchObject({ kind: 'found', apiKey: { hash: stored.hash } });
    expect(state.moves).toBe(2);
  });

  it('forgets a key by its id, whatever pepper its row is under', async () => {
    const { find, forget, state, stored } = await setUp(rotating);
    await find('key-1');
    forget(stored.id);
    await find('key-1');
    expect(state.reads).toBe(2);
  });

  it('names the pepper of a row that does not say its own', async () => {
    const { find, state, rows, stored } = await setUp();
    rows.set(stored.hash, { ...stored, pepperId: null });
    expect(await settled(find('key-1'))).toBe('found');
    expect([...rows.values()]).toEqual([stored]);
    expect(state.moves).toBe(1);
  });

  it('has nothing to move where only the first pepper is used', async () => {
    const { find, state } = await setUp({ current: 'pepper', others: ['new'] });
    expect(await settled(find('key-1'))).toBe('found');
    expect(state.moves).toBe(0);
  });

  it('does not know a key whose pepper was taken away', async () => {
    const { find } = await setUp({ current: 'new', others: [] });
    expect(await find('key-1')).toEqual({ kind: 'unknown' });
  });
});
