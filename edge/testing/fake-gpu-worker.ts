import type { WorkerCallInit } from '#edge/gpu-workers/worker-call-ports.ts';
import { testSigningKey } from '#edge/testing/test-secrets.ts';
import type { TravellingCalibration } from '#shared/calibration/calibration.ts';
import { type ScoreRequest, type ScoreResponse, scoreRequestSchema, type WorkerInfo } from '#shared/protocol/score.ts';
import type { DocumentExplanation, QueryExplanation } from '#shared/protocol/score-explanation.ts';
import { verifyCall } from '#shared/signed-calls/verify-call.ts';

interface ReceivedCall {
  readonly worker: string;
  readonly request: ScoreRequest;
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

/** Log-odds are likelihood + 2 · match + 1 for the fake query: simple numbers to expect. */
const fakeCalibration: TravellingCalibration = {
  constants: { intercept: 0, meanLogLikelihood: 1, queryLogLikelihood: -1 / 3, lexicalMatch: 2 },
};

const fakeInfo = {
  model: 'smollm2-135m-instruct',
  precision: 'int8',
  threads: 1,
  queue_length: 0,
  queue_length_max: 16,
  adapters_loaded: [],
  model_fingerprint: 'a'.repeat(64),
  tokenizer_fingerprint: 'b'.repeat(64),
  scoring_fingerprint: 'fake scoring',
  default_template: 'clean-1',
  version: '0.0.0',
} satisfies WorkerInfo;

/** What a fake worker does with a call; undefined: it scores. */
export type Fault = (call: ReceivedCall, init: WorkerCallInit) => Promise<Response> | undefined;

/**
 * Stands in for the network and every GPU worker behind it: it checks each call as the real worker does (signature, schema) and answers by the
 * shared schema. A document scores what its text says between brackets (`[-1.5] some text`), else -2, matches by what it says between braces
 * (`{0.7}`), else 0, and has one token a word. Of its chunks, which share no token here, the last is the best.
 */
export function createFakeGpuWorkers(
  nowMs: () => number,
  fault: Fault = () => undefined,
  checkAdapter: (body: string) => Promise<Response> = unasked,
) {
  const calls: ReceivedCall[] = [];
  const fetch = async (url: string, init: WorkerCallInit): Promise<Response> => {
    const { origin, pathname } = new URL(url);
    const verified = await verifyCall({
      token: init.headers['authorization']?.replace(/^Bearer /, ''),
      keys: [testSigningKey],
      method: init.method,
      path: pathname,
      body: new TextEncoder().encode(init.body ?? ''),
      nowMs: nowMs(),
    });
    if (!verified.ok)
      return Response.json(
        { error: { code: 'unsigned_call', message: verified.reason, request_id: 'r' } },
        { status: 401 },
      );
    if (pathname === '/info') return Response.json(fakeInfo);
    if (pathname === '/v1/adapters/validate') return checkAdapter(init.body ?? '');
    const request = scoreRequestSchema.parse(JSON.parse(init.body ?? ''));
    const { 'x-request-id': requestId, traceparent, tracestate } = init.headers;
    const call = { worker: origin, request, requestId, traceparent, tracestate };
    calls.push(call);
    init.signal.throwIfAborted();
    return (await fault(call, init)) ?? Response.json(score(request));
  };
  return { fetch, calls };
}

function unasked(): Promise<Response> {
  throw new Error('no adapter was to be checked here');
}

function score(request: ScoreRequest): ScoreResponse {
  return {
    model: request.model,
    template: 'clean-1',
    query_tokens: request.query.split(' ').length,
    scores: request.documents.map((document) => {
      const tokens = document.split(' ').length;
      return {
        mean_log_likelihood: Number(/\[(-?[\d.]+)\]/.exec(document)?.[1] ?? -2),
        lexical_match: Number(/\{([\d.]+)\}/.exec(document)?.[1] ?? 0),
        ...readLength(request, tokens),
        ...(request.explain === true ? { explanation: explainDocument(request, document) } : {}),
      };
    }),
    ...(request.explain === true ? { explanation: explainQuery(request) } : {}),
    ...(request.include_calibration ? { query_log_likelihood: -3, calibration: fakeCalibration } : {}),
    scoring_fingerprint: fakeInfo.scoring_fingerprint,
    compute_ms: 12.5,
    timing: { queue_ms: 1, tokenize_ms: 0.5, prefix_ms: 6, hints_ms: 0, suffix_ms: 5, prefixes: 2, prefix_hits: 1 },
  };
}

/** How much is read of a document of so many tokens. */
function readLength({ max_tokens_per_doc, chunks }: ScoreRequest, tokens: number) {
  const read = Math.min(tokens, max_tokens_per_doc, chunks === undefined ? tokens : chunks.count_max * chunks.tokens);
  const count = chunks === undefined ? 1 : Math.ceil(read / chunks.tokens);
  const start = chunks === undefined ? 0 : (count - 1) * chunks.tokens;
  const chunk = { index: count - 1, count, tokens: { start, end: read }, characters: null };
  return { document_tokens: read, truncated: tokens > read, ...(count === 1 ? {} : { chunk }) };
}

/** A token a word, each of which has probability e⁻⁶ without a document. */
function explainQuery({ query }: ScoreRequest): QueryExplanation {
  const words = [...query.matchAll(/\S+/g)];
  return {
    tokens: words.map(({ 0: text, index }) => ({ text, start: index, end: index + text.length, log_likelihood: -6 })),
  };
}

/** Words that the document has are twice as likely as its score says; an adapter takes its first word as the hint. */
function explainDocument({ query, adapter }: ScoreRequest, document: string): DocumentExplanation {
  const score = Number(/\[(-?[\d.]+)\]/.exec(document)?.[1] ?? -2);
  const target_log_likelihoods = query
    .split(' ')
    .map((word) => (document.includes(word) ? score + Math.log(2) : score));
  if (adapter === undefined) return { target_log_likelihoods };
  const hint = { text: document.slice(0, 3), start: 0, end: 3, position: 0, query_token: 0, similarity: 1 };
  return { target_log_likelihoods, hints: { method: 'retrieve', tokens: [hint] } };
}

/** A worker that takes the call and never answers; the caller's timeout ends it. */
export function hang(init: WorkerCallInit, letTimePass: () => void): Promise<Response> {
  return new Promise((_, reject) => {
    init.signal.addEventListener('abort', () => reject(init.signal.reason));
    letTimePass();
  });
}
