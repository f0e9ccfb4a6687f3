import { expect, it } from 'vitest';
import type { AdapterVersion, VersionSelector } from '#edge/adapters/adapter-version.ts';
import { lookupMemoryMs, rememberLookups } from '#edge/adapters/remember-lookups.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const version: AdapterVersion = {
  name: 'tickets',
  version: 1,
  digest: 'a'.repeat(64),
  baseModel: 'm',
  template: 'clean-1',
  bytes: 1,
  createdAtMs: 0,
  details: null,
};
const prod: VersionSelector = { kind: 'alias', alias: 'prod' };

function setUp() {
  const clock = new ManualClock();
  const state: { down: boolean; answer: AdapterVersion | undefined } = { down: false, answer: version };
  const find = () =>
    state.down ? Promise.reject(new ServiceError('adapter_unavailable')) : Promise.resolve(state.answer);
  const none = () => Promise.resolve([]);
  return { clock, state, store: rememberLookups({ find, list: none, listAliases: none }, clock.now) };
}

it('asks the database each time, so that a moved alias counts at once', async () => {
  const { state, store } = setUp();
  expect((await store.find('t', 'tickets', prod))?.version).toBe(1);
  state.answer = { ...version, version: 2 };
  expect((await store.find('t', 'tickets', prod))?.version).toBe(2);
});

it('goes on with what it found while the database is gone, for its time, for that tenant and name alone', async () => {
  const { clock, state, store } = setUp();
  await store.find('t', 'tickets', prod);
  state.down = true;
  clock.advance(lookupMemoryMs - 1);
  expect((await store.find('t', 'tickets', prod))?.version).toBe(1);
  for (const [tenant, name, selector] of [
    ['u', 'tickets', prod],
    ['t', 'other', prod],
    ['t', 'tickets', { kind: 'newest' }],
  ] as const) {
    await expect(store.find(tenant, name, selector)).rejects.toMatchObject({ code: 'adapter_unavailable' });
  }
  clock.advance(1);
  await expect(store.find('t', 'tickets', prod)).rejects.toMatchObject({ code: 'adapter_unavailable' });
});

it('does not bring back what was deleted meanwhile', async () => {
  const { state, store } = setUp();
  await store.find('t', 'tickets', prod);
  state.answer = undefined;
  expect(await store.find('t', 'tickets', prod)).toBeUndefined();
  state.down = true;
  await expect(store.find('t', 'tickets', prod)).rejects.toMatchObject({ code: 'adapter_unavailable' });
});
