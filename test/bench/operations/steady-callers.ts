import { performance } from 'node:perf_hooks';
import { z } from 'zod';

/** One request: when it was sent, and what came of it. */
export interface CallRecord {
  /** What was being done when it was sent. */
  readonly phase: string;
  readonly milliseconds: number;
  /** null: every document was scored. */
  readonly failure: string | null;
}

export interface SteadyCallersOptions {
  readonly url: string;
  readonly apiKey: string;
  /** Requests under way at any time. */
  readonly callers: number;
  readonly documents: readonly string[];
  /** A new query each time, so that nothing comes from the score cache. */
  readonly query: (index: number) => string;
}

const answerSchema = z.object({ results: z.array(z.unknown()) });

/** Callers that send one request after the other until they are stopped, whatever comes back. */
export class SteadyCallers {
  readonly #options: SteadyCallersOptions;
  readonly #records: CallRecord[] = [];
  readonly #running: Promise<unknown>;
  #phase: string;
  #sent = 0;
  #goesOn = true;

  constructor(options: SteadyCallersOptions, phase: string) {
    this.#options = options;
    this.#phase = phase;
    this.#running = Promise.all(Array.from({ length: options.callers }, () => this.#call()));
  }

  /** Requests from now on belong to this phase. */
  enter(phase: string): void {
    this.#phase = phase;
  }

  /** Requests of the phase that have been answered. */
  answered(phase: string): number {
    return this.#records.filter((record) => record.phase === phase).length;
  }

  /** Lets what is under way end. */
  async stop(): Promise<readonly CallRecord[]> {
    this.#goesOn = false;
    await this.#running;
    return this.#records;
  }

  async #call(): Promise<void> {
    while (this.#goesOn) {
      const [phase, startedAt] = [this.#phase, performance.now()];
      const failure = await this.#sendOne().catch((error: unknown) => `no answer: ${describe(error)}`);
      this.#records.push({ phase, milliseconds: performance.now() - startedAt, failure });
    }
  }

  async #sendOne(): Promise<string | null> {
    const { url, apiKey, documents, query } = this.#options;
    this.#sent += 1;
    const response = await fetch(`${url}/v2/rerank`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: query(this.#sent), documents }),
    });
    const text = await response.text();
    if (response.status !== 200) return `status ${response.status}: ${text.slice(0, 300)}`;
    const degraded = response.headers.get('x-degraded');
    if (degraded !== null) return `degraded: ${degraded}`;
    const { results } = answerSchema.parse(JSON.parse(text));
    return results.length === documents.length ? null : `${results.length} of ${documents.length} documents came back`;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
