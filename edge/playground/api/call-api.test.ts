import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { callApi } from '#edge/playground/api/call-api.ts';

const schema = z.object({ object: z.literal('list') });
const { signal } = new AbortController();
const call = { path: '/v1/models', key: 'hr_k', schema, signal };
const clock = () => {
  let time = 0;
  return () => (time += 5);
};
const answering = (response: Response) => vi.fn<typeof fetch>(async () => response);

it('sends the key in its header alone, and measures the round trip', async () => {
  const fetch = answering(Response.json({ object: 'list' }, { headers: { 'server-timing': 'total;dur=3.0' } }));
  const outcome = await callApi({ fetch, now: clock() }, call);
  expect(outcome).toEqual({ kind: 'answer', value: { object: 'list' }, serverTiming: 'total;dur=3.0', roundTripMs: 5 });
  const [address, init] = fetch.mock.calls[0] ?? [];
  expect(address).toBe('/v1/models');
  expect(init).toMatchObject({ headers: { Authorization: 'Bearer hr_k' }, credentials: 'omit', cache: 'no-store' });
});

it('sends nothing without a key', async () => {
  const fetch = answering(Response.json({}));
  expect(await callApi({ fetch, now: clock() }, { ...call, key: '' })).toMatchObject({
    fault: { title: 'No key yet' },
  });
  expect(fetch).not.toHaveBeenCalled();
});

it.each([
  ['an answer of another shape', Response.json({ object: 'page' }), 'Status 200'],
  ['an error page', new Response('<h1>', { status: 502 }), 'Status 502'],
])('gives a fault for %s', async (_case, response, title) => {
  expect(await callApi({ fetch: answering(response), now: clock() }, call)).toMatchObject({ fault: { title } });
});

it('tells being cut off from being called off', async () => {
  const fetch = () => Promise.reject(new TypeError('failed'));
  expect(await callApi({ fetch, now: clock() }, call)).toMatchObject({ fault: { title: 'The API does not answer' } });
  expect(await callApi({ fetch, now: clock() }, { ...call, signal: AbortSignal.abort() })).toEqual({ kind: 'left' });
});
