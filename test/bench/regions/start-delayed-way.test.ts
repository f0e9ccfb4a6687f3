import { expect, it } from 'vitest';
import { startDelayedWay } from '#test/bench/regions/start-delayed-way.ts';
import { startLoopbackServer } from '#test/support/loopback-server.ts';

it('hands on every byte in order, no sooner than half a round trip each way after the handshake', async () => {
  const body = 'x'.repeat(300_000);
  const server = await startLoopbackServer((request, response) => {
    request.pipe(response);
  });
  const way = await startDelayedWay('127.0.0.1', Number(new URL(server.url).port));
  way.setRoundTrip(40);
  const startedAtMs = performance.now();
  const answer = await (await fetch(way.url, { method: 'POST', body })).text();
  expect(answer === body).toBe(true);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(79);
  way.stop();
  await server.close();
});
