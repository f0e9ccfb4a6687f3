import { describe, expect, it } from 'vitest';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { scoreResponseSchema, workerInfoSchema } from '#shared/protocol/score.ts';
import { secretScoreCall } from '#test/support/secret-score-call.ts';
import { pairScore } from '#test/support/start-controlled-worker.ts';
import { startReadyWorker } from '#test/support/start-ready-worker.ts';

describe('200', () => {
  it('scores each document as a task of its own and answers in the order of the request', async () => {
    const { call } = await startReadyWorker();
    const response = await call('POST', '/v1/score', secretScoreCall());
    expect(response.status).toBe(200);
    const body = scoreResponseSchema.parse(await response.json());
    expect(body).toMatchObject({ model: 'tiny', template: 'clean-1', query_tokens: 3 });
    expect(body.scores.map((score) => score.mean_log_likelihood)).toEqual([-0.11, -0.13]);
    expect(body.scores[0]).not.toHaveProperty('target_log_likelihoods');
  });

  it('adds the log-likelihood of each query token where it is asked for', async () => {
    const { call } = await startReadyWorker();
    const response = await call('POST', '/v1/score', secretScoreCall({ include_target_log_likelihoods: true }));
    const { scores } = scoreResponseSchema.parse(await response.json());
    expect(scores[1]?.target_log_likelihoods).toEqual([-1, -2, -3]);
  });

  it('sends what a blended score needs where it is asked for, and where there are constants', async () => {
    const { fittedOn: _, format: __, ...constants } = baseModelCalibration;
    let worker = await startReadyWorker(undefined, baseModelCalibration);
    const answer = async (include_calibration: boolean) =>
      scoreResponseSchema.parse(
        await (await worker.call('POST', '/v1/score', secretScoreCall({ include_calibration }))).json(),
      );
    expect(await answer(true)).toMatchObject({
      query_log_likelihood: -3.5,
      calibration: constants,
      scores: [{ lexical_match: 0.75 }, { lexical_match: 0.75 }],
    });
    for (const absent of ['query_log_likelihood', 'calibration']) {
      expect(await answer(false)).not.toHaveProperty(absent);
    }
    worker = await startReadyWorker();
    for (const absent of ['query_log_likelihood', 'calibration']) {
      expect(await answer(true)).not.toHaveProperty(absent);
    }
  });

  it('hands template, cap and deadline to the engine', async () => {
    const seen: unknown[] = [];
    const { call } = await startReadyWorker((task, { deadlineAtMs }) => {
      seen.push({ ...task, deadlineAtMs });
      return Promise.resolve([pairScore(task.document)]);
    });
    const deadline = Date.now() + 10_000;
    const body = secretScoreCall({
      template: 'upr-1',
      max_tokens_per_doc: 7,
      documents: ['d'],
      deadline_at_ms: deadline,
    });
    expect((await call('POST', '/v1/score', body)).status).toBe(200);
    const query = 'what is a secret query';
    expect(seen).toEqual([
      { document: 'd', queries: [query], template: 'upr-1', maxTokensPerDoc: 7, deadlineAtMs: deadline },
    ]);
  });

  it('hands on how long documents are split, and tells which chunk counted', async () => {
    const seen: unknown[] = [];
    const place = { tokens: { start: 448, end: 960 }, characters: { start: 2_000, end: 4_100 } };
    const { call } = await startReadyWorker((task) => {
      seen.push(task.chunks);
      return Promise.resolve([
        { ...pairScore(task.document), documentTokens: 1_500, chunk: { index: 1, count: 3, ...place } },
      ]);
    });
    const body = secretScoreCall({
      documents: ['d'],
      chunks: { tokens: 512, overlap: 64, count_max: 9 },
      max_tokens_per_doc: 9_000,
    });
    const { scores } = scoreResponseSchema.parse(await (await call('POST', '/v1/score', body)).json());
    expect(seen).toEqual([{ tokens: 512, overlap: 64, countMax: 9 }]);
    expect(scores).toMatchObject([{ document_tokens: 1_500, chunk: { index: 1, count: 3, ...place } }]);
    const wide = secretScoreCall({ chunks: { tokens: 512, overlap: 257, count_max: 9 } });
    expect((await call('POST', '/v1/score', wide)).status).toBe(400);
  });

  it('tells where the time of its documents went, how busy it is, and whose share paid', async () => {
    const seen: unknown[] = [];
    const times = { queueMs: 5, tokenizeMs: 1, prefixMs: 40, hintsMs: 2, suffixMs: 10, prefixHits: 0, prefixMisses: 1 };
    const { call } = await startReadyWorker((task, { tenant, request: name, isGuest, onTiming }) => {
      seen.push([tenant, name === tenant, isGuest]);
      onTiming?.(
        task.document === 'private one'
          ? times
          : { ...times, queueMs: 9, prefixMs: 0.1, prefixHits: 1, prefixMisses: 0 },
      );
      return Promise.resolve([pairScore(task.document)]);
    });
    const response = await call('POST', '/v1/score', secretScoreCall({ tenant: 'acme', guest: true }));
    expect(response.headers.get('server-timing')).toMatch(
      /^queue;dur=9\.0, tokenize;dur=2\.0, prefix;dur=40\.1;desc="1 of 2 kept", hints;dur=4\.0, suffix;dur=20\.0, total;dur=\d+\.\d$/,
    );
    const { timing, load } = scoreResponseSchema.parse(await response.json());
    expect(load).toEqual({ wait_ms: 0, work_ms: expect.closeTo(66.1 / 2) });
    expect(timing).toEqual({
      queue_ms: 9,
      tokenize_ms: 2,
      prefix_ms: 40.1,
      hints_ms: 4,
      suffix_ms: 20,
      prefixes: 2,
      prefix_hits: 1,
    });
    await call('POST', '/v1/score', secretScoreCall({ documents: ['d'] }));
    expect(seen).toEqual([
      ['acme', false, true],
      ['acme', false, true],
      [expect.any(String), true, false],
    ]);
  });

  it('shows metrics to anybody, with nothing of a caller in them', async () => {
    const { call, server } = await startReadyWorker();
    await call('POST', '/v1/score', secretScoreCall({ tenant: 'acme' }));
    await call('POST', '/v1/score', '{');
    await call('GET', '/private/path');
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    for (const line of [
      'hintrank_worker_requests_total{route="/v1/score",status="200"} 1',
      'hintrank_worker_requests_total{route="other",status="404"} 1',
      'hintrank_worker_failures_total{code="invalid_json"} 1',
      'hintrank_worker_queue_length 0',
      'hintrank_worker_prefix_bytes 7000000',
      'hintrank_worker_prefix_evictions_total 1',
      'hintrank_worker_adapter_loads_total 0',
      'hintrank_worker_ready 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).not.toMatch(/acme|private|secret/);
  });

  it('tells what it holds', async () => {
    const { call } = await startReadyWorker();
    const info = workerInfoSchema.parse(await (await call('GET', '/info')).json());
    expect(info).toMatchObject({
      model: 'tiny',
      precision: 'int8',
      precision_reason: 'the processor has AVX-512 VNNI',
      device: 'cpu',
      threads: 2,
      queue_length_max: 16,
      version: '1.2.3',
      memory: {
        ...{ prefix_bytes: 7_000_000, prefix_bytes_max: 9_000_000, prefixes: 2 },
        ...{ adapter_bytes: 0, adapter_bytes_max: 1_000_000 },
        ...{ sessions: 4, weights_shared: true, weights_bytes: 136_000_000 },
      },
    });
    expect(info.memory?.resident_bytes).toBeGreaterThan(10_000_000);
  });
});
