import { describe, expect, it } from 'vitest';
import { readTraceContext, traceIdOf } from '#shared/tracing/trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

describe('readTraceContext', () => {
  it('passes a traceparent and its tracestate on as they came', () => {
    const headers = new Headers({ traceparent, tracestate: 'vendor=a,other=b' });
    expect(readTraceContext(headers)).toEqual({ traceparent, tracestate: 'vendor=a,other=b' });
  });

  it('takes a later version with fields that it does not know', () => {
    const later = `01-${traceId}-00f067aa0ba902b7-01-what-comes`;
    expect(readTraceContext(new Headers({ traceparent: later }))).toEqual({ traceparent: later });
  });

  it.each([
    '',
    'nonsense',
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${traceId}-00f067aa0ba902b7-01-more`,
    `00-${traceId}-00f067aa0ba902b7-011`,
    `01-${traceId}-00f067aa0ba902b7-01-${'x'.repeat(100)}`,
  ])('takes %j for no trace, and drops its tracestate', (malformed) => {
    expect(readTraceContext(new Headers({ traceparent: malformed, tracestate: 'vendor=a' }))).toBeUndefined();
  });

  it('leaves out a tracestate that is too long, and keeps the trace', () => {
    const headers = new Headers({ traceparent, tracestate: `a=${'b'.repeat(511)}` });
    expect(readTraceContext(headers)).toEqual({ traceparent });
  });
});

describe('traceIdOf', () => {
  it('is what all calls of a trace share', () => {
    expect(traceIdOf(traceparent)).toBe(traceId);
  });
});
