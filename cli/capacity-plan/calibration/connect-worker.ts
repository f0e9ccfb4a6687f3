import { ServiceError } from '#shared/errors/service-error.ts';
import { type ScoreTiming, scoreResponseSchema, type WorkerInfo, workerInfoSchema } from '#shared/protocol/score.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

export interface CallToMeasure {
  readonly query: string;
  readonly documents: readonly string[];
  readonly tenant?: string;
  /** Whether the query is scored without a document too, as the edge asks it for blended scores. */
  readonly scoresQuery: boolean;
}

export interface MeasuredCall {
  /** From the first byte sent to the last one received. */
  readonly milliseconds: number;
  readonly timing: ScoreTiming;
  /** Tokens that were read of each document. */
  readonly documentTokens: readonly number[];
  readonly queryTokens: number;
}

/** A worker that is asked as the edge asks it. */
export interface WorkerConnection {
  info(): Promise<WorkerInfo>;
  score(call: CallToMeasure): Promise<MeasuredCall>;
}

export interface WorkerToConnect {
  /** Base URL of the worker, without a slash at the end. */
  readonly url: string;
  readonly key: Uint8Array;
  readonly signal: AbortSignal;
}

/** Longer than anything that is measured. */
const deadlineMs = 600_000;

/** Throws ServiceError `invalid_request` when the worker does not answer, answers with an error, or does not say where its time went. */
export function connectWorker({ url, key, signal }: WorkerToConnect): WorkerConnection {
  const send = async (method: 'GET' | 'POST', path: string, body?: string): Promise<unknown> => {
    const bytes = Buffer.from(body ?? '');
    const token = await signCall({ key, method, path, body: bytes, nowMs: Date.now() });
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, signal, ...(body === undefined ? {} : { body }) }).catch(
      (cause: unknown) => {
        signal.throwIfAborted();
        throw new ServiceError('invalid_request', `The worker at ${url} does not answer.`, { cause });
      },
    );
    const text = await answer.text();
    if (!answer.ok) {
      const message = `The worker at ${url} answered ${method} ${path} with ${answer.status}: ${text.slice(0, 300)}`;
      throw new ServiceError('invalid_request', message);
    }
    return JSON.parse(text);
  };
  let model: Promise<string> | undefined;
  const info = async () => workerInfoSchema.parse(await send('GET', '/info'));
  return {
    info,
    async score({ query, documents, tenant, scoresQuery }) {
      model ??= info().then((answer) => answer.model);
      const call = {
        ...{ model: await model, query, documents, tenant },
        ...{ deadline_at_ms: Date.now() + deadlineMs, include_calibration: scoresQuery },
      };
      const startedAtMs = performance.now();
      const answer = await send('POST', '/v1/score', JSON.stringify(call));
      const milliseconds = performance.now() - startedAtMs;
      const { timing, scores, query_tokens: queryTokens } = scoreResponseSchema.parse(answer);
      if (timing === undefined)
        throw new ServiceError('invalid_request', `The worker at ${url} does not say where its time went.`);
      return { milliseconds, timing, queryTokens, documentTokens: scores.map((score) => score.document_tokens) };
    },
  };
}
