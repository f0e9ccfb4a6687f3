import { expect, it } from 'vitest';
import { createTracing } from '#shared/tracing/create-tracing.ts';
import {
  type ExportProblem,
  exportTimeoutMs,
  pauseMs,
  type SendSpans,
  spansWaitingMax,
} from '#shared/tracing/span-exporter.ts';

/** Tracing over a collector that does what `send` does, with a clock that the test moves. */
function tracingOver(send: SendSpans) {
  const clock = { nowMs: 1_700_000_000_000 };
  const problems: ExportProblem[] = [];
  const timers: AbortController[] = [];
  const tracing = createTracing({
    settings: { url: 'http://collector/v1/traces', headers: {}, sampler: 'always_on', ratio: 1, serviceName: 's' },
    resource: {},
    send,
    now: () => clock.nowMs,
    timeoutSignal: () => {
      const timer = new AbortController();
      timers.push(timer);
      return timer.signal;
    },
    onProblem: (problem) => void problems.push(problem),
  });
  const request = (count = 1) => {
    for (let made = 0; made < count; made += 1) tracing.startRequest('x', undefined, {}).end();
  };
  return { tracing, clock, problems, timers, request };
}

const spansIn = (body: Uint8Array) => new TextDecoder().decode(body).split('"spanId"').length - 1;

it('leaves a collector alone for a while that refuses, and says once a minute how much is lost', async () => {
  let calls = 0;
  const { tracing, clock, problems, request } = tracingOver(() => {
    calls += 1;
    return Promise.resolve(new Response('no', { status: 503 }));
  });
  for (let second = 0; second < 120; second += 1) {
    request();
    await tracing.flush();
    clock.nowMs += 1_000;
  }
  expect(calls).toBe(120_000 / pauseMs);
  expect(problems).toEqual([
    { reason: 'the collector answers 503', spansLost: 1 },
    { reason: 'the collector answers 503', spansLost: 60 },
  ]);
});

it('sends what came meanwhile when the collector is back', async () => {
  let down = true;
  const sent: number[] = [];
  const { tracing, clock, problems, request } = tracingOver((_url, { body }) => {
    if (down) return Promise.reject(new TypeError('connection refused at 10.0.0.7'));
    sent.push(spansIn(body));
    return Promise.resolve(new Response('{}'));
  });
  request();
  await tracing.flush();
  request(3);
  await tracing.flush();
  down = false;
  clock.nowMs += pauseMs;
  await tracing.flush();
  expect(sent).toEqual([3]);
  expect(problems).toEqual([{ reason: 'the collector cannot be reached', spansLost: 1 }]);
});

it('holds no more than its queue while the collector hangs, exports one at a time, and gives up after the timeout', async () => {
  let calls = 0;
  const { tracing, clock, problems, timers, request } = tracingOver((_url, { signal }) => {
    calls += 1;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  request();
  const first = tracing.flush();
  request(spansWaitingMax + 10);
  await tracing.flush();
  expect(calls).toBe(1);
  expect(problems).toEqual([{ reason: 'more than 2048 spans wait', spansLost: 1 }]);
  clock.nowMs += 60_000;
  timers[0]?.abort(new DOMException('late', 'TimeoutError'));
  await first;
  expect(problems.at(-1)).toEqual({ reason: `no answer within ${exportTimeoutMs} ms`, spansLost: 10 });
});

it('goes on where the platform ended the request that was exporting', async () => {
  const sent: number[] = [];
  let hangs = true;
  const { tracing, clock, request } = tracingOver((_url, { body }) => {
    sent.push(spansIn(body));
    return hangs ? new Promise(() => undefined) : Promise.resolve(new Response('{}'));
  });
  request();
  void tracing.flush();
  hangs = false;
  request(2);
  await tracing.flush();
  expect(sent).toEqual([1]);
  clock.nowMs += 2 * exportTimeoutMs;
  await tracing.flush();
  expect(sent).toEqual([1, 2]);
});

it('sends many spans in several exports, and at the end of the process all that are left', async () => {
  const sent: number[] = [];
  const { tracing, request } = tracingOver(async (_url, { body }) => {
    sent.push(spansIn(body));
    return new Response('{}');
  });
  request(1_000);
  void tracing.flush();
  request(30);
  await tracing.finish();
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(1_030);
  expect(Math.max(...sent)).toBe(512);
});
