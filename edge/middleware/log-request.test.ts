import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestAppOptions } from '#edge/testing/create-test-app.ts';
import { hang } from '#edge/testing/fake-gpu-worker.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { postRerank } from '#edge/testing/post-rerank-body.ts';
import { inventKey, seedAdapter, seedKey } from '#edge/testing/seed-database.ts';
import { createSwitchableDatabase } from '#edge/testing/switchable-database.ts';
import { createTrainingClient, deliver, forgetJobs } from '#edge/testing/training-client.ts';

beforeEach(forgetJobs);

const body = { query: 'a private query', documents: ['[-1] private one', '[-3] private two'] };
const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** The lines of requests, as they are written. */
const linesOf = ({ logs }: Pick<TestApp, 'logs'>) =>
  logs
    .filter(({ event }) => event === 'request')
    .map((entry) => JSON.parse(JSON.stringify(entry)) as Record<string, unknown>);

const get = (test: TestApp, path: string, init: RequestInit = {}) =>
  Promise.resolve(test.app.request(path, init, { DB: env.DB }));

describe('a request', () => {
  it('has one line that says what it was, whose, how it ended, and what it took', async () => {
    const test = createTestApp();
    const headers = { 'x-request-id': 'mine', traceparent: caller };
    await postRerank(body, { test, tenantId: 'log-whole', headers, place: { continent: 'EU' } });
    await postRerank({ ...body, documents: [...body.documents, '[-2] new'] }, { test, tenantId: 'log-whole' });
    expect(linesOf(test)).toEqual([
      {
        level: 'info',
        event: 'request',
        requestId: 'mine',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        method: 'POST',
        route: '/v2/rerank',
        status: 200,
        ms: 0,
        tenant: 'log-whole',
        keyId: expect.stringMatching(/^key_/),
        continent: 'EU',
        documents: 2,
        cached: 0,
        cache: 'miss',
        calls: 1,
        regions: ['unnamed'],
      },
      expect.objectContaining({ requestId: expect.any(String), documents: 3, cached: 2, cache: 'partial', calls: 1 }),
    ]);
  });

  it('says what was tried again, and who had to be asked', async () => {
    let calls = 0;
    const workerTargets = ['weur', 'enam'].map((region) => ({ id: region, url: `http://${region}`, region }));
    const test = createTestApp({
      environment: { workerTargets },
      fault: () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error('reset')) : undefined;
      },
    });
    await postRerank(body, { test, place: { continent: 'EU' } });
    expect(linesOf(test)).toMatchObject([
      { status: 200, calls: 2, retries: 1, failedCalls: 1, regions: ['weur', 'enam'] },
    ]);
  });

  it('is named by its route, and is nobody’s where no known key came with it', async () => {
    const test = createTestApp();
    await get(test, '/v1/adapters/private?private=1', { headers: { authorization: `Bearer ${inventKey()}` } });
    await get(test, '/private/path');
    await get(test, '/v2/rerank');
    const lines = linesOf(test).map(({ route, status, code, tenant }) => [route, status, code, tenant]);
    expect(lines).toEqual([
      ['/v1/adapters/:name', 401, 'unauthenticated', undefined],
      [undefined, 404, 'route_not_found', undefined],
      [undefined, 405, 'method_not_allowed', undefined],
    ]);
  });

  it('belongs to its tenant also where the key’s limit refuses it', async () => {
    const take = () => Promise.resolve({ kind: 'limited', limit: 60 } as const);
    const test = createTestApp({ dependencies: { requestLimits: { offered: [], take } } });
    await postRerank(body, { test, tenantId: 'log-limited' });
    expect(linesOf(test)).toMatchObject([{ status: 429, code: 'rate_limited', tenant: 'log-limited' }]);
  });
});

describe('a stream', () => {
  const follow = async (tenantId: string) => {
    const test = createTestApp();
    const client = await createTrainingClient(tenantId, test);
    const job = await client.submit((await client.addDataset()).id);
    await deliver(test);
    await client.send('POST', `/v1/training-jobs/${job.id}/cancel`);
    const response = await client.request('GET', `/v1/training-jobs/${job.id}/events`);
    const line = () => linesOf(test).find(({ route }) => route === '/v1/training-jobs/:id/events');
    return { test, response, line };
  };

  it('has its line with its end, and not before', async () => {
    const { test, response, line } = await follow('log-stream');
    expect(line()).toBeUndefined();
    test.clock.advance(1_234);
    expect(await response.text()).toContain('cancelled');
    expect(line()).toMatchObject({ status: 200, stream: 'complete', ms: 1_234, tenant: 'log-stream' });
  });

  it('has it also when its reader leaves', async () => {
    const { response, line } = await follow('log-left');
    await response.body?.cancel();
    expect(line()).toMatchObject({ status: 200, stream: 'left' });
  });
});

describe('a fault', () => {
  it('is in the request’s line and in no other', async () => {
    const { database, state } = createSwitchableDatabase();
    state.down = true;
    const test = createTestApp({ database });
    await postRerank(body, { test });
    expect(linesOf(test)).toMatchObject([{ level: 'warn', status: 503, code: 'key_store_unavailable' }]);
    expect(test.logs.filter(({ requestId }) => requestId !== undefined)).toHaveLength(1);

    const findApiKey = () => Promise.reject(new TypeError('a bug'));
    const broken = createTestApp({ dependencies: { findApiKey } });
    await postRerank(body, { test: broken });
    expect(broken.logs).toMatchObject([
      { level: 'error', status: 500, code: 'internal', message: 'a bug', stack: expect.stringContaining('TypeError') },
    ]);
  });

  it('is written at every level, an answer as it should be only at `all`', async () => {
    const statuses = async (level: 'all' | 'notable' | 'faults') => {
      let down = false;
      const test = createTestApp({
        environment: { requestLog: { level, slowMs: 2_000 }, scoreCacheBytesMax: 0 },
        fault: () => (down ? Promise.reject(new Error('reset')) : undefined),
      });
      await postRerank(body, { test });
      await postRerank({}, { test });
      down = true;
      await postRerank(body, { test });
      return linesOf(test).map(({ status }) => status);
    };
    expect([await statuses('all'), await statuses('notable'), await statuses('faults')]).toEqual([
      [200, 400, 503],
      [400, 503],
      [503],
    ]);
  });
});

describe('no line of any request', () => {
  /** Every kind of end that a request for scores has. */
  const runs: Readonly<
    Record<string, { code: string | undefined; sent?: object | string; options?: () => TestAppOptions }>
  > = {
    good: { code: undefined },
    'not JSON': { code: 'invalid_json', sent: '{"query": "private' },
    'a field of another type': { code: 'invalid_request', sent: { ...body, query: ['private'] } },
    'an adapter that is not there': { code: 'model_not_found', sent: { ...body, model: 'private-none@private' } },
    'a worker that refuses': { code: 'invalid_request', options: () => ({ fault: refuse(400, 'invalid_request') }) },
    'an adapter that no worker can load': {
      code: 'adapter_unavailable',
      sent: { ...body, model: 'private-adapter' },
      options: () => ({ fault: refuse(503, 'adapter_unavailable') }),
    },
    'full workers': { code: 'overloaded', options: () => ({ fault: refuse(429, 'overloaded') }) },
    'no worker': { code: 'no_worker_available', options: () => ({ fault: () => Promise.reject(new Error('reset')) }) },
    'nonsense of a worker': {
      code: 'no_worker_available',
      options: () => ({ fault: () => Promise.resolve(Response.json({ scores: 'private' })) }),
    },
    'a late worker': { code: 'deadline_exceeded', sent: { ...body, deadline_ms: 500 }, options: late },
    'a database that is away': { code: 'key_store_unavailable', options: away },
  };

  beforeAll(() => seedAdapter('log-secret', 'private-adapter', 1));

  it.each(Object.entries(runs))('holds a key, a text, a name or a header of it: %s', async (_, run) => {
    const { code, sent = body, options = () => ({}) } = run;
    const test = createTestApp(options());
    const headers = { 'user-agent': 'private', referer: 'http://private', cookie: 'private=1' };
    await postRerank(sent, { test, tenantId: 'log-secret', headers, path: '/v2/rerank?private=1' });
    expect(linesOf(test).map((line) => line['code'])).toEqual([code]);
    expect(JSON.stringify(test.logs)).not.toMatch(/private|hr_/);
  });

  it.each([
    ['a key of the wrong scope', 403, () => seedKey({ scopes: ['rerank'] })],
    ['a key that nobody has', 401, async () => inventKey()],
    ['no key at all', 401, async () => 'private'],
  ])('holds one of these: %s', async (_, status, keyOf) => {
    const test = createTestApp();
    const key = await keyOf();
    await get(test, '/v1/adapters/private/uploads/private', {
      headers: { authorization: `Bearer ${key}` },
      method: 'DELETE',
    });
    expect(linesOf(test)).toMatchObject([{ status, route: '/v1/adapters/:name/uploads/:upload' }]);
    expect(JSON.stringify(test.logs)).not.toMatch(/private|hr_/);
  });

  function refuse(status: number, code: string) {
    const error = { code, message: 'the private text of documents[0]', request_id: 'r', param: 'documents[0]' };
    return () => Promise.resolve(Response.json({ error }, { status }));
  }

  function late(): TestAppOptions {
    const clock = new ManualClock();
    return { clock, fault: (_call, init) => hang(init, () => clock.advance(2_000)) };
  }

  function away(): TestAppOptions {
    const { database, state } = createSwitchableDatabase();
    state.down = true;
    return { database };
  }
});
