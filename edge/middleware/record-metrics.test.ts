import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type MetricsDataset, numberColumns, textColumns } from '#edge/telemetry/request-data-point.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { postRerank, type RerankCallOptions } from '#edge/testing/post-rerank-body.ts';

const query = 'a private query';
const documents = ['[-1] private one', '[-3] private two'];
type DataPoint = Parameters<MetricsDataset['writeDataPoint']>[0];

/** An app whose data points are kept. */
function measuredApp(options: RerankCallOptions = {}) {
  const points: DataPoint[] = [];
  const metrics: MetricsDataset = { writeDataPoint: (point) => void points.push(point) };
  return { points, test: createTestApp({ ...options, dependencies: { metrics } }) };
}

/** A data point by the names of its columns. */
function read({ blobs, doubles }: DataPoint): Record<string, string | number | undefined> {
  return Object.fromEntries([
    ...textColumns.map(([name], index) => [name, blobs[index]]),
    ...numberColumns.map(([name], index) => [name, doubles[index]]),
  ]);
}

describe('a data point', () => {
  it('says what a rerank did, and what the next one found kept', async () => {
    const { points, test } = measuredApp();
    await postRerank({ query, documents }, { test, place: { continent: 'EU' } });
    await postRerank({ query, documents: [...documents, '[-2] new'] }, { test });
    expect(points.map(read)).toEqual([
      {
        route: '/v2/rerank',
        method: 'POST',
        status: '200',
        'error code': '',
        cache: 'miss',
        continent: 'EU',
        milliseconds: 0,
        'milliseconds of the slowest worker': 12.5,
        documents: 2,
        'documents from the score cache': 0,
        'calls of workers': 1,
        'retries among them': 0,
        'hedges among them': 0,
        'failed calls': 0,
        'workers shut out': 0,
      },
      expect.objectContaining({ cache: 'partial', continent: '', documents: 3, 'documents from the score cache': 2 }),
    ]);
  });

  it('counts what went wrong on the way to an answer', async () => {
    let isFirst = true;
    const { points, test } = measuredApp({
      fault: () => {
        const fails = isFirst;
        isFirst = false;
        return fails ? Promise.reject(new Error('reset')) : undefined;
      },
    });
    await postRerank({ query, documents }, { test });
    expect(points.map(read)).toMatchObject([
      { status: '200', 'calls of workers': 2, 'retries among them': 1, 'failed calls': 1 },
    ]);
  });

  it('has the error’s code where nobody answers, and the workers that get no calls any more', async () => {
    const { points, test } = measuredApp({ fault: () => Promise.reject(new Error('reset')) });
    for (let request = 0; request < 2; request += 1) await postRerank({ query, documents }, { test });
    expect(points.map(read).at(-1)).toMatchObject({
      status: '503',
      'error code': 'no_worker_available',
      documents: 0,
      'workers shut out': 1,
    });
  });

  it('names routes, and nothing of the caller’s', async () => {
    const { points, test } = measuredApp();
    await postRerank({ query, documents }, { test, tenantId: 'private' });
    await test.app.request('/v1/adapters/private?private=1', {}, { DB: env.DB });
    await test.app.request('/private', {}, { DB: env.DB });
    expect(points.map(({ indexes }) => indexes)).toEqual([['/v2/rerank'], ['/v1/adapters/:name'], ['']]);
    expect(JSON.stringify(points)).not.toContain('private');
  });

  it('stays within what the platform takes of one', () => {
    expect([textColumns.length <= 20, numberColumns.length <= 20]).toEqual([true, true]);
  });
});

it('the deployed worker writes to its dataset', async () => {
  expect(env).toHaveProperty('EDGE_METRICS.writeDataPoint');
  const response = await exports.default.fetch('http://edge/health');
  expect(response.status).toBe(200);
});
