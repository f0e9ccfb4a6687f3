import { expect, it } from 'vitest';
import { type EndedRequest, wantsLine } from '#edge/telemetry/request-line.ts';

const plain: EndedRequest = {
  requestId: 'r',
  traceId: undefined,
  method: 'POST',
  route: '/v2/rerank',
  status: 200,
  code: undefined,
  answeredMs: 1_999,
  endedMs: 1_999,
  cache: undefined,
  degraded: undefined,
  measures: undefined,
  caller: undefined,
  continent: undefined,
  fault: undefined,
  streamEnd: undefined,
};
const fault = { level: 'warn', message: 'reset', stack: undefined } as const;

it.each<[string, Partial<EndedRequest>, wanted: string]>([
  ['a quick good answer', {}, 'all'],
  ['a slow one', { answeredMs: 2_000, endedMs: 2_000 }, 'all notable'],
  ['a stream that began quickly and was long', { endedMs: 300_000, streamEnd: 'complete' }, 'all'],
  ['a stream that broke', { streamEnd: 'broken' }, 'all notable'],
  ['a stream whose reader left', { streamEnd: 'left' }, 'all'],
  ['a degraded answer', { degraded: 'partial; reason=overloaded' }, 'all notable'],
  ['a fault of the caller', { status: 404, code: 'adapter_not_found' }, 'all notable'],
  ['a fault of ours', { status: 503, code: 'no_worker_available', fault }, 'all notable faults'],
  ['one without a clock', { status: 500, answeredMs: undefined, endedMs: undefined, fault }, 'all notable faults'],
])('%s has a line at the levels that want it', (_, changes, wanted) => {
  const levels = ['all', 'notable', 'faults'] as const;
  const request = { ...plain, ...changes };
  expect(levels.filter((level) => wantsLine({ level, slowMs: 2_000 }, request)).join(' ')).toBe(wanted);
});
