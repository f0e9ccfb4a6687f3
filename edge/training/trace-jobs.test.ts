import { beforeEach, describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { recordTraces } from '#edge/testing/record-traces.ts';
import { createTrainingCaller, createTrainingClient, deliver, forgetJobs } from '#edge/testing/training-client.ts';
import { trainingJobSchema } from '#shared/protocol/training-job.ts';

beforeEach(forgetJobs);

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = `00-${traceId}-00f067aa0ba902b7-01`;

/** A job that was asked for by a request with these headers, and a worker; `finish` returns what the collector got. */
async function start(tenantId: string, { traces, headers }: { traces: boolean; headers: Record<string, string> }) {
  const clock = new ManualClock();
  const { tracing, finish: finishTracing } = recordTraces(clock, 'parentbased_always_off');
  const test = createTestApp({ clock, dependencies: { tracing: traces ? tracing : undefined } });
  const client = await createTrainingClient(tenantId, test);
  const dataset = await client.addDataset();
  const { body } = await client.json('POST', '/v1/training-jobs', { dataset: dataset.id, adapter: 'a' }, headers);
  const finish = async () => (await finishTracing()).spans;
  return { test, job: trainingJobSchema.parse(body), worker: createTrainingCaller(test), finish };
}

describe('a training job', () => {
  it('belongs to the trace of its request: in the queue, and with every worker that has it', async () => {
    const { test, job, worker, finish } = await start('trace-whole', {
      traces: true,
      headers: { traceparent: caller },
    });
    const [waiting] = test.queue.waiting;
    await deliver(test);
    const first = await worker.lease();
    if (first === undefined) throw new Error('there is no lease');
    test.clock.advance(61_000);
    await deliver(test);
    const second = await worker.lease();
    const spans = await finish();
    const request = spans.find(({ name }) => name === 'POST /v1/training-jobs');
    expect(request).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
    const traceparent = `00-${traceId}-${request?.spanId}-01`;
    expect(waiting?.message).toEqual({ kind: 'admit', job_id: job.id, traceparent });
    expect([first, second]).toMatchObject([
      { job_id: job.id, lease: 1, traceparent },
      { job_id: job.id, lease: 2, attempt: 2, traceparent },
    ]);
    const admissions = spans.filter(({ name }) => name === 'admit training job');
    expect(admissions).toEqual([expect.objectContaining({ traceId, parentSpanId: request?.spanId, kind: 5 })]);
  });

  it('belongs to the caller’s own trace where the edge traces nothing, and to none where there is none', async () => {
    const traced = await start('trace-caller', { traces: false, headers: { traceparent: caller } });
    await deliver(traced.test);
    expect(await traced.worker.lease()).toMatchObject({ traceparent: caller });
    expect(await traced.finish()).toEqual([]);
    const bare = await start('trace-none', { traces: false, headers: { traceparent: 'malformed' } });
    expect(bare.test.queue.waiting.map(({ message }) => message)).toEqual([{ kind: 'admit', job_id: bare.job.id }]);
    await deliver(bare.test);
    const lease = await bare.worker.lease();
    expect(lease).toMatchObject({ job_id: bare.job.id });
    expect(lease).not.toHaveProperty('traceparent');
  });
});
