import type { TrainingEvent } from '#gpu-worker/training/training-run.ts';
import type { SpanAttributes, TraceSpan } from '#shared/tracing/trace-span.ts';

interface OpenPart {
  readonly name: 'prepare' | 'train' | 'evaluate';
  readonly span: TraceSpan;
}

/**
 * Spans of a training by what its process reports, one after the other: `prepare`, then for each look at the dev queries `evaluate`, before it `train` with
 * the steps since the last one, after it `checkpoint`, at the end `judge`. Where the job is not traced it does nothing.
 */
export class TrainingTrace {
  readonly #job: TraceSpan;
  readonly #now: () => number;
  #open: OpenPart | undefined;
  /** When the part before ended: that steps began, or a checkpoint, is told by nobody. Unix milliseconds. */
  #endedAtMs: number;
  #steps = 0;
  #tokens = 0;

  /** @param now unix milliseconds; the training's process was started just now */
  constructor(job: TraceSpan, now: () => number) {
    this.#job = job;
    this.#now = now;
    this.#endedAtMs = now();
    if (job.isRecording) this.#begin('prepare');
  }

  add(event: TrainingEvent): void {
    if (!this.#job.isRecording) return;
    switch (event.kind) {
      case 'resumed':
        this.#end({ 'hintrank.step': event.step });
        break;
      case 'look':
        this.#end();
        this.#begin('evaluate');
        break;
      case 'base':
        // A run that goes on tells the base model's metric again, without a look.
        if (this.#open?.name === 'evaluate')
          this.#end({ 'hintrank.of': 'base model', 'hintrank.metric': event.metric });
        break;
      case 'dev':
        this.#end(describeLook(event));
        break;
      case 'step':
        this.#addStep(event.tokens);
        break;
      case 'checkpoint':
        this.#end();
        this.#tellEnded('checkpoint', { 'hintrank.step': event.step });
    }
  }

  /** @param error why it ended without an adapter */
  end(error?: string): void {
    if (!this.#job.isRecording) return;
    if (this.#open === undefined && error === undefined) this.#tellEnded('judge', {});
    this.#end({}, error);
  }

  #addStep(tokens: number): void {
    if (this.#open?.name !== 'train') this.#begin('train');
    this.#steps += 1;
    this.#tokens += tokens;
  }

  #begin(name: OpenPart['name']): void {
    this.#open = { name, span: this.#job.start(name, { startedAtMs: this.#endedAtMs }) };
    this.#steps = 0;
    this.#tokens = 0;
  }

  /** A part of which only the end is told. */
  #tellEnded(name: string, attributes: SpanAttributes): void {
    const span = this.#job.start(name, { startedAtMs: this.#endedAtMs, attributes });
    this.#endedAtMs = this.#now();
    span.end({ endedAtMs: this.#endedAtMs });
  }

  #end(attributes: SpanAttributes = {}, error?: string): void {
    if (this.#open === undefined) return;
    const { name, span } = this.#open;
    this.#open = undefined;
    this.#endedAtMs = this.#now();
    span.set(attributes);
    if (name === 'train') span.set({ 'hintrank.steps': this.#steps, 'hintrank.tokens': this.#tokens });
    span.end({ endedAtMs: this.#endedAtMs, ...(error === undefined ? {} : { error }) });
  }
}

function describeLook({ step, metric, best }: Extract<TrainingEvent, { kind: 'dev' }>): SpanAttributes {
  return { 'hintrank.of': 'adapter', 'hintrank.step': step, 'hintrank.metric': metric, 'hintrank.best': best };
}
