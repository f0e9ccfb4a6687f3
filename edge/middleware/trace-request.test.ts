import { describe, expect, it } from 'vitest';
import { hang } from '#edge/testing/fake-gpu-worker.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { postRerank, type RerankCallOptions } from '#edge/testing/post-rerank-body.ts';
import { recordTraces, type SentSpan } from '#edge/testing/record-traces.ts';

const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const query = 'a private query';
const documents = ['[-1] private one', '[-3] private two'];

/** A rerank by an edge that traces, and what the collector got of it. */
async function traced(options: RerankCallOptions = {}, body: object = {}) {
  const clock = options.clock ?? new ManualClock();
  const { tracing, finish } = recordTraces(clock, 'parentbased_always_on');
  const headers = { traceparent: caller, ...options.headers };
  const dependencies = { tracing };
  const answered = await postRerank({ query, documents, ...body }, { ...options, clock, headers, dependencies });
  return { ...answered, ...(await finish()) };
}

/** The tree of names, indented, each with these attributes. */
function drawTree(spans: readonly SentSpan[], parent: string, ...shown: string[]): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .flatMap((span) => {
      const said = shown.flatMap((key) => {
        const value = span.attributes.find((one) => one.key === `hintrank.${key}`)?.value;
        return value === undefined ? [] : [`${key}=${Object.values(value)[0]}`];
      });
      return [[span.name, ...said].join(' '), ...drawTree(spans, span.spanId, ...shown).map((line) => `  ${line}`)];
    });
}

describe('a traced rerank', () => {
  it('is a tree of what the edge did, under the caller’s span, and the worker’s call is under its own', async () => {
    const { spans, calls } = await traced();
    expect(drawTree(spans, '00f067aa0ba902b7', 'documents', 'hits', 'calls', 'attempt', 'hedge', 'outcome')).toEqual([
      'POST /v2/rerank',
      '  authenticate',
      '  find model',
      '  rerank documents=2',
      '    look up scores documents=2 hits=0',
      '    score documents=2',
      '      plan calls=1',
      '      call worker documents=2 attempt=1 hedge=false outcome=scored',
    ]);
    const call = spans.find(({ name }) => name === 'call worker');
    expect(calls[0]?.traceparent).toBe(`00-4bf92f3577b34da6a3ce929d0e0e4736-${call?.spanId}-01`);
    expect([call?.kind, spans.find(({ name }) => name === 'POST /v2/rerank')?.kind]).toEqual([3, 2]);
  });

  it('says nothing of the caller: no key, text, tenant or name', async () => {
    const { text, calls } = await traced({ tenantId: 'acme-private' });
    expect(calls).toHaveLength(1);
    for (const secret of ['private', 'hr_', 'acme']) expect(text).not.toContain(secret);
  });

  it('shows the attempt that failed beside the one that helped', async () => {
    let isFirst = true;
    const { spans } = await traced({
      workers: ['http://worker-a', 'http://worker-b'],
      fault: () => {
        const fails = isFirst;
        isFirst = false;
        return fails ? Promise.reject(new Error('reset')) : undefined;
      },
    });
    const calls = drawTree(spans, '00f067aa0ba902b7', 'attempt', 'outcome').filter((line) => line.includes('call'));
    expect(calls).toContain('      call worker attempt=2 outcome=scored');
    expect(calls).toContain('      call worker attempt=1 outcome=unreachable');
  });

  it('counts as failed by the error’s code where nobody answers, and as answered where the caller is at fault', async () => {
    const clock = new ManualClock();
    const late = await traced(
      { clock, fault: (_call, init) => hang(init, () => clock.advance(2_000)) },
      { deadline_ms: 500 },
    );
    const wrong = await traced({}, { documents: [] });
    const states = [late, wrong].map(({ response, spans }) => {
      const { status, attributes } = spans.find(({ kind }) => kind === 2) ?? {};
      return [response.status, status?.code, attributes?.find(({ key }) => key === 'hintrank.error')?.value];
    });
    expect(states).toEqual([
      [504, 2, { stringValue: 'deadline_exceeded' }],
      [400, 0, { stringValue: 'invalid_request' }],
    ]);
  });

  it('names routes, and not what the caller put into paths', async () => {
    const clock = new ManualClock();
    const { spans } = await traced({ clock, path: '/v1/training-jobs/job_private/cancel' });
    const { spans: unknown } = await traced({ path: '/private/path' });
    expect(spans.find(({ kind }) => kind === 2)?.name).toMatch(/^POST \/v1\/training-jobs\/:\w+\/cancel$/);
    expect(unknown.map(({ name }) => name)).toEqual(['POST']);
  });
});

it('an unsampled caller’s request leaves no span, and its calls say that too', async () => {
  const { spans, calls } = await traced({ headers: { traceparent: caller.replace(/01$/, '00') } });
  expect(spans).toEqual([]);
  expect(calls[0]?.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
});
