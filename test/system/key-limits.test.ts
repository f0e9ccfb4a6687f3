import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createdKeyResponseSchema } from '#shared/protocol/key-response.ts';
import { usageResponseSchema } from '#shared/protocol/usage-response.ts';
import { type ControlledWorker, startControlledWorker } from '#test/support/start-controlled-worker.ts';
import { type LocalEdge, startLocalEdge } from '#test/support/start-local-edge.ts';

let home: string;
let worker: ControlledWorker;
let edge: LocalEdge;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hintrank-limits-'));
  worker = await startControlledWorker();
  worker.becomeReady();
  edge = await startLocalEdge(home, { url: worker.server.url, baseModel: 'tiny', signingKey: worker.key });
});
afterAll(async () => {
  await edge.stop();
  await worker.server.close();
  await rm(home, { recursive: true, force: true });
});

async function call(path: string, key = edge.apiKey, body?: object, headers: Record<string, string> = {}) {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers };
  return fetch(edge.url + path, { method, headers: sent, ...(body && { body: JSON.stringify(body) }) });
}

async function createKey(terms: object) {
  const response = await call('/v1/keys', edge.apiKey, { name: 'k', scopes: ['rerank'], ...terms });
  return createdKeyResponseSchema.parse(await response.json());
}

/** Three query tokens, and as many of the document as it has characters. */
const rerank = (key: string, document: string, headers = {}) =>
  call('/v2/rerank', key, { query: 'q', documents: [document], scoring: 'likelihood' }, headers);

const usageOf = async (id: string) => usageResponseSchema.parse(await (await call(`/v1/usage?key_id=${id}`)).json());

describe('the edge in workerd, with the platform’s own counters', () => {
  it('counts every request of many at once, after their answers', async () => {
    const { id, key } = await createKey({});
    const lengths = Array.from({ length: 20 }, (_, index) => index + 1);
    const answers = await Promise.all(lengths.map((length) => rerank(key, 'x'.repeat(length))));
    expect(answers.map(({ status }) => status)).toEqual(lengths.map(() => 200));
    const tokens = lengths.reduce((sum, length) => sum + 3 + length, 0);
    await expect
      .poll(async () => (await usageOf(id)).totals, { timeout: 30_000, interval: 200 })
      .toEqual({ requests: 20, search_units: 20, tokens, cached_tokens: 0 });
  });

  it('holds a key to its tokens of the day', async () => {
    const { key } = await createKey({ tokens_per_day: 10 });
    const statuses: number[] = [];
    // 8 tokens each; the answers may come from the cache of scores, which count alike.
    for (let sent = 0; sent < 3; sent += 1) statuses.push((await rerank(key, 'xxxxx')).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('holds a key to its requests of the minute', async () => {
    const { key } = await createKey({ requests_per_minute: 60 });
    const statuses: number[] = [];
    // 121 requests of less than a minute lie in two windows at most, so one window has 61.
    for (let round = 0; round < 11; round += 1) {
      const answers = await Promise.all(Array.from({ length: 11 }, () => call('/v1/models', key)));
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(60);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1);
  });

  it('hands the caller’s trace to the worker', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    expect((await rerank(edge.apiKey, 'traced', headers)).status).toBe(200);
    expect(worker.log()).toContain(`"traceId":"${traceId}"`);
  });
});
