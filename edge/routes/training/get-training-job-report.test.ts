import { beforeEach, describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { createTrainingCaller, createTrainingClient, deliver, forgetJobs } from '#edge/testing/training-client.ts';
import { trainingReportPageKey } from '#shared/object-keys.ts';

beforeEach(forgetJobs);

const page = '<!doctype html><title>a report</title>';

/** A client with a job that a worker holds, and what completes it. */
async function startJob(tenantId: string) {
  const client = await createTrainingClient(tenantId, createTestApp());
  const worker = createTrainingCaller(client);
  const job = await client.submit((await client.addDataset()).id);
  const path = `/v1/training-jobs/${job.id}/report`;
  const lease = async () => {
    await deliver(client);
    const held = await worker.lease();
    if (held === undefined) throw new Error('there is no job to lease');
    return held;
  };
  const complete = async () => {
    const held = await lease();
    client.objects.objects.set(trainingReportPageKey(held.job_id, held.lease), new TextEncoder().encode(page));
    expect((await worker.complete(held, 'adapter')).status).toBe(200);
  };
  return { ...client, job, path, lease, complete, worker };
}

describe('GET /v1/training-jobs/{id}/report', () => {
  it('is JSON, and a page where that is asked for, which may load and run nothing', async () => {
    const { request, path, complete, show, job } = await startJob('report-forms');
    await complete();
    expect((await show(job.id)).result?.report).toBe(path);
    const forms: [string, string | undefined, string][] = [
      [path, undefined, 'application/json'],
      [path, '*/*', 'application/json'],
      [path, 'application/json', 'application/json'],
      [path, 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
      [`${path}?format=html`, undefined, 'text/html; charset=utf-8'],
      [`${path}?format=json`, 'text/html', 'application/json'],
    ];
    for (const [asked, accept, type] of forms) {
      const response = await request('GET', asked, accept === undefined ? {} : { headers: { accept } });
      expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({ status: 200, type });
      expect(await response.text()).toBe(type.startsWith('text/html') ? page : '{"verdict":"better"}');
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
        vary: expect.stringContaining('Accept'),
      });
      if (type === 'application/json') continue;
      const policy = response.headers.get('content-security-policy')?.split('; ');
      expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", 'sandbox']));
      expect(policy?.join()).not.toMatch(/script-src|https?:|\*/);
    }
  });

  it('409 while the job goes on, 404 when it has ended without one, and 400 for another format', async () => {
    const { send, path, lease, worker } = await startJob('report-states');
    const refused = (status: number, code: string, message: string) => ({
      status,
      body: { error: { code }, message: expect.stringContaining(message) },
    });
    expect(await send('GET', path)).toMatchObject(refused(409, 'training_job_active', 'is submitted; its report'));
    const held = await lease();
    expect(await send('GET', path)).toMatchObject(refused(409, 'training_job_active', 'is running; its report'));
    await worker.finish(held, { outcome: 'failed', code: 'not_finite', message: 'It diverged.', retryable: false });
    expect(await send('GET', path)).toMatchObject(
      refused(404, 'training_report_not_found', 'is failed; only a completed'),
    );
    expect(await send('GET', `${path}?format=pdf`)).toMatchObject({
      status: 400,
      body: { error: { param: 'format' } },
    });
  });

  it('404 for a page that an older worker did not leave, for another tenant, and for no such job', async () => {
    const { send, path, complete, objects, job } = await startJob('report-missing');
    await complete();
    objects.objects.delete(trainingReportPageKey(job.id, 1));
    expect(await send('GET', `${path}?format=html`)).toMatchObject({
      status: 404,
      body: {
        error: { code: 'training_report_not_found' },
        message: expect.stringContaining('The page of the report'),
      },
    });
    expect(await send('GET', path)).toMatchObject({ status: 200 });
    const other = await createTrainingClient('report-other', createTestApp({ objects }));
    for (const asked of [path, `${path}?format=html`, '/v1/training-jobs/tj_none/report']) {
      expect(await other.send('GET', asked)).toMatchObject({
        status: 404,
        body: { error: { code: 'training_job_not_found' } },
      });
    }
  });

  it('503 while the store is gone', async () => {
    const { send, path, complete, objects } = await startJob('report-store');
    await complete();
    objects.fault = () => Promise.reject(new TypeError('gone'));
    expect(await send('GET', path)).toMatchObject({
      status: 503,
      body: { error: { code: 'adapter_store_unavailable' } },
    });
  });
});
