import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** A fetch that edge and worker agree on. */
export type SendSpans = (
  url: string,
  init: { method: 'POST'; headers: Record<string, string>; body: Uint8Array<ArrayBuffer>; signal: AbortSignal },
) => Promise<Response>;

/** Why spans were lost, and how many since the last report. */
export interface ExportProblem {
  readonly reason: string;
  readonly spansLost: number;
}

export interface SpanExporterOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly send: SendSpans;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A signal that aborts after so many milliseconds. */
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
  /** Called once a minute at most. */
  readonly onProblem: (problem: ExportProblem) => void;
}

/** Ended spans that wait at most, 2 MB of them; further ones are lost. */
export const spansWaitingMax = 2_048;

/** Spans of one export at most. */
const exportedAtOnceMax = 512;

/** Milliseconds for one export; after them the collector counts as gone. */
export const exportTimeoutMs = 5_000;

/** Milliseconds without an export after one that failed. */
export const pauseMs = 5_000;

/** Milliseconds after which whoever exports leaves it to a later request: the platform ends an isolate's background work after 30 seconds. */
const turnMs = 15_000;

const reportEveryMs = 60_000;

/**
 * Collects ended spans in memory and sends them when it is told to, one export at a time. A collector that is down, slow or refuses costs nobody
 * time, and the spans that it did not take are lost.
 */
export class SpanExporter implements SpanProcessor {
  readonly #options: SpanExporterOptions;
  #waiting: ReadableSpan[] = [];
  #sending: readonly ReadableSpan[] = [];
  #lost = 0;
  #reason = '';
  #busyUntilMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: SpanExporterOptions) {
    this.#options = options;
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  onEnd(span: ReadableSpan): void {
    if (this.#waiting.length < spansWaitingMax) this.#waiting.push(span);
    else this.#lose(1, `more than ${spansWaitingMax} spans wait`);
  }

  /** Sends what waits, unless somebody is at it or the collector has just failed. Never rejects. */
  forceFlush(): Promise<void> {
    const nowMs = this.#options.now();
    if (this.#waiting.length === 0 || nowMs < this.#busyUntilMs || nowMs < this.#pausedUntilMs) {
      return Promise.resolve();
    }
    // Whoever began an export and has not ended it by now was ended itself, with its request.
    if (this.#sending.length > 0) this.#lose(this.#sending.length, 'an export was broken off');
    this.#turn = this.#sendWaiting(nowMs);
    return this.#turn;
  }

  /** Waits for the export that runs, then sends the rest: for the end of a process, not of a request. */
  async shutdown(): Promise<void> {
    await this.#turn;
    await this.forceFlush();
  }

  async #sendWaiting(startedAtMs: number): Promise<void> {
    const { now } = this.#options;
    while (this.#waiting.length > 0 && now() >= this.#pausedUntilMs && now() - startedAtMs < turnMs) {
      this.#sending = this.#waiting.splice(0, exportedAtOnceMax);
      this.#busyUntilMs = now() + 2 * exportTimeoutMs;
      const reason = await this.#send(this.#sending);
      if (reason !== undefined) {
        this.#pausedUntilMs = now() + pauseMs;
        this.#lose(this.#sending.length, reason);
      }
      this.#sending = [];
    }
    this.#busyUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Why it failed; undefined where it did not. */
  async #send(spans: readonly ReadableSpan[]): Promise<string | undefined> {
    const { url, headers, send, timeoutSignal } = this.#options;
    try {
      const body = JsonTraceSerializer.serializeRequest([...spans]);
      if (body === undefined) return 'the spans could not be written';
      const response = await send(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: new Uint8Array(body),
        signal: timeoutSignal(exportTimeoutMs),
      });
      await response.arrayBuffer();
      return response.ok ? undefined : `the collector answers ${response.status}`;
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      return timedOut ? `no answer within ${exportTimeoutMs} ms` : 'the collector cannot be reached';
    }
  }

  #lose(spans: number, reason: string): void {
    this.#lost += spans;
    this.#reason = reason;
    const nowMs = this.#options.now();
    if (nowMs - this.#reportedAtMs < reportEveryMs) return;
    this.#reportedAtMs = nowMs;
    const spansLost = this.#lost;
    this.#lost = 0;
    this.#options.onProblem({ reason: this.#reason, spansLost });
  }
}
