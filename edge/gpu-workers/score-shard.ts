import { callVerdict } from '#edge/gpu-workers/call-verdict.ts';
import type { CallVerdict } from '#edge/gpu-workers/circuit-breaker.ts';
import type { ConnectionSlots } from '#edge/gpu-workers/connection-slots.ts';
import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import { hedgeDelayMs } from '#edge/gpu-workers/hedge-delay.ts';
import { nextTarget } from '#edge/gpu-workers/next-target.ts';
import type { Shard } from '#edge/gpu-workers/plan-shards.ts';
import { mostTelling, type ShardFailure, type ShardOutcome, shardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import { endAttempt, startAttempt } from '#edge/telemetry/trace-attempt.ts';
import type { ScoreRequest, ScoreResponse } from '#shared/protocol/score.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

export interface ShardJob {
  readonly shard: Shard;
  /** Everything but the time. `documents` are the shard's. */
  readonly request: Omit<ScoreRequest, 'deadline_at_ms'>;
  /** Unix milliseconds after which nobody waits. */
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** The span that its calls are parts of. */
  readonly trace: TraceSpan;
  /** The caller's own: elsewhere, the call is a guest's. */
  readonly homeRegion: string | undefined;
  /** Ids of targets that failed during this request; shared by its shards, so that none retries on a worker that another found dead. */
  readonly failedTargets: Set<string>;
  /** Shared by the shards of the request. */
  readonly slots: ConnectionSlots;
}

/** One call that is out. */
interface Attempt {
  readonly target: WorkerTarget;
  readonly startedAtMs: number;
  readonly timeoutMs: number;
  readonly controller: AbortController;
  readonly span: TraceSpan;
  readonly ended: Promise<Ended>;
  /** Whether the answer is still to come. */
  isOut: boolean;
}

interface Ended {
  readonly kind: 'ended';
  readonly attempt: Attempt;
  readonly outcome: ShardOutcome;
}

/** Share of the remaining time that a first attempt gets while another worker could take over, should no hedge have been affordable. */
const firstAttemptShare = 0.6;

/** Milliseconds before a worker is asked again: there is no other, and at once it would still be full or restarting. */
const sameWorkerPauseMs = 200;

/** Milliseconds between looks at a call that is late, while it cannot be hedged. */
const lateLookMs = 50;

/**
 * Scores a shard: on its first target; on another one beside it when the answer is late and the budget of hedges allows; on another one when the call
 * fails and a retry can help, in another region once more. The first scores win and end what else is out. Never rejects.
 */
export function scoreShard(ports: FanOutPorts, job: ShardJob): Promise<ShardOutcome> {
  return new ShardRace(ports, job).run();
}

class ShardRace {
  readonly #ports: FanOutPorts;
  readonly #job: ShardJob;
  readonly #characters: number;
  readonly #tried: WorkerTarget[] = [];
  #running: Attempt[] = [];
  #lookAtMs = 0;
  readonly #failures: ShardFailure[] = [];

  constructor(ports: FanOutPorts, job: ShardJob) {
    this.#ports = ports;
    this.#job = job;
    this.#characters = job.request.documents.reduce((sum, document) => sum + document.length, 0);
  }

  async run(): Promise<ShardOutcome> {
    await this.#job.slots.acquire();
    this.#start(this.#job.shard.targets[0]);
    for (;;) {
      const event = await this.#nextEvent();
      if (event.kind === 'late') {
        this.#hedge();
        continue;
      }
      const { attempt, outcome } = event;
      this.#running = this.#running.filter((other) => other !== attempt);
      if (outcome.kind === 'scored' || outcome.reason === 'refused' || outcome.reason === 'cancelled') {
        this.#endOthers(attempt, outcome);
        return outcome;
      }
      this.#job.failedTargets.add(attempt.target.id);
      this.#failures.push(outcome);
      if (this.#running.length === 0 && !(await this.#retry())) return this.#failures.reduce(mostTelling);
    }
  }

  /** Starts a call in a slot that was acquired for it. */
  #start(target: WorkerTarget): void {
    const { job, ports } = { job: this.#job, ports: this.#ports };
    const startedAtMs = ports.now();
    const share = this.#tried.length === 0 && job.shard.targets.length > 1 ? firstAttemptShare : 1;
    const timeoutMs = Math.ceil((job.deadlineAtMs - startedAtMs) * share);
    const controller = new AbortController();
    const isFirst = this.#tried.length === 0;
    const isHedge = this.#running.length > 0;
    this.#tried.push(target);
    ports.countCall?.('call', target.region);
    if (!isFirst) ports.countCall?.(isHedge ? 'hedge' : 'retry', target.region);
    const span = startAttempt(job.trace, {
      target,
      attempt: this.#tried.length,
      isHedge,
      documents: job.request.documents.length,
    });
    this.#lookAtMs =
      startedAtMs + hedgeDelayMs(ports.health.latencies.p95(this.#characters), job.deadlineAtMs - startedAtMs);
    ports.health.called(target.id, isFirst ? job.request.documents.length : 0);
    ports.health.load.called(target.id, this.#characters);
    const call = timeoutMs > 0 ? this.#call(target, startedAtMs + timeoutMs, timeoutMs, { controller, span }) : expired;
    const attempt: Attempt = {
      target,
      startedAtMs,
      timeoutMs,
      controller,
      span,
      ended: call.then((outcome) => this.#end(attempt, outcome)),
      isOut: true,
    };
    this.#running.push(attempt);
  }

  #call(
    target: WorkerTarget,
    deadlineAtMs: number,
    timeoutMs: number,
    { controller, span }: Pick<Attempt, 'controller' | 'span'>,
  ) {
    const { request, shard, requestId, homeRegion, signal: caller } = this.#job;
    const guest = target.region === homeRegion ? {} : { guest: true };
    return this.#ports.callWorker({
      target,
      request: { ...request, ...guest, deadline_at_ms: deadlineAtMs },
      documentIndices: shard.documentIndices,
      timeoutMs,
      signal: AbortSignal.any([caller, controller.signal]),
      requestId,
      traceContext: span.context,
    });
  }

  /** Gives the slot back and notes what the end of the call says of the worker, unless the race was over for it before. */
  #end(attempt: Attempt, outcome: ShardOutcome): Ended {
    const { health, now, log, countCall } = this.#ports;
    this.#job.slots.release();
    attempt.isOut = false;
    if (attempt.controller.signal.aborted) return { kind: 'ended', attempt, outcome };
    endAttempt(attempt.span, outcome);
    const { latencies } = health;
    const { timeoutMs, startedAtMs, target } = attempt;
    health.ended(target.id, callVerdict(outcome, { timeoutMs, p95Ms: latencies.p95(this.#characters) }));
    if (outcome.kind === 'scored') this.#learn(target, outcome.response, now() - startedAtMs);
    else if (outcome.reason !== 'cancelled') {
      const { reason, detail } = outcome;
      const { requestId } = this.#job;
      countCall?.('failure', target.region);
      log({ level: 'warn', event: 'worker_call_failed', requestId, worker: target.id, reason, detail });
    }
    return { kind: 'ended', attempt, outcome };
  }

  #learn(target: WorkerTarget, { compute_ms: computeMs, load }: ScoreResponse, tookMs: number): void {
    const { health } = this.#ports;
    const said = load === undefined ? undefined : { waitMs: load.wait_ms, workMs: load.work_ms };
    health.latencies.record(this.#characters, tookMs);
    health.load.answered(target.id, { characters: this.#characters, tookMs, computeMs, load: said });
  }

  async #nextEvent(): Promise<Ended | { readonly kind: 'late' }> {
    const ended = this.#running.map((attempt) => attempt.ended);
    if (this.#next() === undefined) return Promise.race(ended);
    const timer = this.#ports.timeoutSignal(Math.max(1, this.#lookAtMs - this.#ports.now()));
    const late = new Promise<{ readonly kind: 'late' }>((resolve) =>
      timer.addEventListener('abort', () => resolve({ kind: 'late' }), { once: true }),
    );
    const event = await Promise.race([...ended, late]);
    const answered = this.#running.find(({ isOut }) => !isOut);
    if (event.kind === 'ended' || answered !== undefined) return answered?.ended ?? event;
    const dead = this.#running.find(({ target }) => this.#ports.health.isOpen(target.id));
    if (dead === undefined) return event;
    // Other calls have found the worker dead since: waiting for it is over, without a word about its health.
    this.#abandon(dead, 'neutral');
    return { kind: 'ended', attempt: dead, outcome: shardFailure('unreachable', 'given up with the circuit open') };
  }

  /**
   * A second call beside the late one, where it is worth it and allowed; a third, in another region, where both workers have been silent since, as all of
   * a region's are that is cut off; else another look a little later.
   */
  #hedge(): void {
    const { health, log } = this.#ports;
    const { slots, request, requestId, failedTargets } = this.#job;
    this.#lookAtMs = this.#ports.now() + lateLookMs;
    const last = this.#running.at(-1);
    const next = this.#next();
    if (last === undefined || next === undefined || failedTargets.has(next.id) || !health.isHealthy(next.id)) return;
    if (this.#running.length > 1 && !this.#running.every((attempt) => this.#isSilent(attempt))) return;
    if (!slots.tryAcquire()) return;
    const late = { id: last.target.id, calledAtMs: last.startedAtMs };
    if (!health.affordsHedge(request.documents.length, late)) {
      slots.release();
      return;
    }
    log({
      level: 'info',
      event: 'worker_call_hedged',
      requestId,
      worker: late.id,
      beside: next.id,
    });
    this.#start(next);
  }

  /** Starts the call that follows a failure; false where none may. */
  async #retry(): Promise<boolean> {
    const { slots, signal, deadlineAtMs } = this.#job;
    const another = this.#next();
    const next = another ?? this.#again();
    const pauseMs = another === undefined ? sameWorkerPauseMs : 0;
    if (next === undefined || this.#ports.now() + pauseMs >= deadlineAtMs) return false;
    if (pauseMs > 0) await this.#ports.sleep(pauseMs);
    await slots.acquire();
    if (signal.aborted) slots.release();
    else this.#start(next);
    return !signal.aborted;
  }

  /**
   * Who is asked once more where nobody is left: the only worker; of several, the first, where nobody was at either address. While one worker after the
   * other is restarted, the first may be back just as the second goes, and a call that comes between has met neither.
   */
  #again(): WorkerTarget | undefined {
    const [first, second] = this.#tried;
    if (this.#tried.length > 2 || first === second) return undefined;
    const isAlone = this.#job.shard.targets.length === 1;
    const wasAnybodyThere = this.#failures.some(({ answered, reason }) => answered || reason !== 'unreachable');
    return isAlone || !wasAnybodyThere ? first : undefined;
  }

  #next(): WorkerTarget | undefined {
    return nextTarget({
      targets: this.#job.shard.targets,
      tried: this.#tried,
      failed: this.#job.failedTargets,
      isHealthy: (id) => this.#ports.health.isHealthy(id),
    });
  }

  /**
   * Ends the calls that lost; one that had been out for longer than the winner was slow. Where it was out for so long that another region had answered
   * first, and said nothing to anybody, its worker is counted as failed: of a region that is cut off every worker is, and not only half of them.
   */
  #endOthers(winner: Attempt, outcome: ShardOutcome): void {
    for (const attempt of this.#running) {
      const lost = outcome.kind === 'scored' && attempt.startedAtMs < winner.startedAtMs;
      const isCutOff = attempt.target.region !== winner.target.region && this.#isSilent(attempt);
      this.#abandon(attempt, lost ? (isCutOff ? 'failure' : 'slow') : 'neutral');
    }
    this.#running = [];
  }

  /** Whether the worker has answered nobody since the call went out. */
  #isSilent({ target, startedAtMs }: Attempt): boolean {
    return this.#ports.health.isSilentSince(target.id, startedAtMs);
  }

  #abandon(attempt: Attempt, verdict: CallVerdict): void {
    this.#ports.health.ended(attempt.target.id, verdict);
    endAttempt(attempt.span, 'abandoned');
    attempt.controller.abort();
  }
}

const expired = Promise.resolve(shardFailure('timed-out', 'the deadline passed before the call'));
