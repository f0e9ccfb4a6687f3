import {
  type CallVerdict,
  type Circuit,
  closedCircuit,
  mayCall,
  whenCalled,
  whenEnded,
} from '#edge/gpu-workers/circuit-breaker.ts';
import { FleetLoad } from '#edge/gpu-workers/fleet-load.ts';
import { earnHedges, fullHedgeBudget, type HedgeBudget, spendHedge } from '#edge/gpu-workers/hedge-budget.ts';
import { LatencyWindow } from '#edge/gpu-workers/latency-window.ts';

/** A call that is late. */
export interface LateCall {
  readonly id: string;
  /** Unix milliseconds. */
  readonly calledAtMs: number;
}

/**
 * Milliseconds between hedges beside one worker that cost no budget. When a worker hangs, every caller soon waits for it, nothing is earned any more, and an
 * empty budget would stay empty; three lost races show the others that it is dead.
 */
const unpaidHedgeEveryMs = 100;

/** What an isolate has seen of the workers, over all requests: who answers, how quickly, who has how much to do, and what may still be spent on hedges. */
export class FleetHealth {
  readonly latencies = new LatencyWindow();
  readonly load: FleetLoad;
  readonly #circuits = new Map<string, Circuit>();
  /** Whose last verdict that counted was slowness. */
  readonly #slow = new Set<string>();
  /** When each last answered, and when it last had a hedge beside it that cost nothing; unix milliseconds. */
  readonly #answeredAtMs = new Map<string, number>();
  readonly #unpaidAtMs = new Map<string, number>();
  readonly #now: () => number;
  #budget: HedgeBudget = fullHedgeBudget;

  /** `now` — unix milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.load = new FleetLoad(now);
  }

  /** Whether calls may go to the target. */
  isHealthy(id: string): boolean {
    return mayCall(this.#circuitOf(id), this.#now());
  }

  /** Whether calls have found the target dead, so that waiting for one that is out makes no sense. */
  isOpen(id: string): boolean {
    return this.#circuitOf(id).state === 'open';
  }

  /** Whether the target has answered nobody since a call went out to it. */
  isSilentSince(id: string, calledAtMs: number): boolean {
    return (this.#answeredAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < calledAtMs;
  }

  /** Notes that a call goes out; `documents` of a first call add to what hedges may cost. */
  called(id: string, documents: number): void {
    this.#circuits.set(id, whenCalled(this.#circuitOf(id), this.#now()));
    this.#budget = earnHedges(this.#budget, documents);
  }

  /** Notes how a call ended. Where half of the workers are shut out for being slow already, slowness is everybody's and shuts out nobody else: their load would go to the rest. */
  ended(id: string, verdict: CallVerdict): void {
    if (verdict === 'success') this.#answeredAtMs.set(id, this.#now());
    const counted = verdict === 'slow' && this.#othersShutOutAsSlow(id) >= this.#shutOutMax() ? 'neutral' : verdict;
    if (counted === 'slow') this.#slow.add(id);
    else if (counted !== 'neutral') this.#slow.delete(id);
    this.#circuits.set(id, whenEnded(this.#circuitOf(id), counted, this.#now()));
  }

  /** Takes the documents of a hedge beside the late call from the budget. Where it does not suffice: whether the worker has been silent since, and it is time for one that costs nothing. */
  affordsHedge(documents: number, late: LateCall): boolean {
    const left = spendHedge(this.#budget, documents);
    if (left !== undefined) this.#budget = left;
    return left !== undefined || this.#mayHedgeUnpaid(late);
  }

  #mayHedgeUnpaid({ id, calledAtMs }: LateCall): boolean {
    const nowMs = this.#now();
    const never = Number.NEGATIVE_INFINITY;
    if (!this.isSilentSince(id, calledAtMs)) return false;
    if (nowMs - (this.#unpaidAtMs.get(id) ?? never) < unpaidHedgeEveryMs) return false;
    this.#unpaidAtMs.set(id, nowMs);
    return true;
  }

  /** Those that fail are not counted: a dead worker must not keep a hung one in. */
  #othersShutOutAsSlow(id: string): number {
    return [...this.#slow].filter((other) => other !== id && this.#circuitOf(other).state !== 'closed').length;
  }

  #shutOutMax(): number {
    return Math.max(1, Math.floor(this.#circuits.size / 2));
  }

  #circuitOf(id: string): Circuit {
    return this.#circuits.get(id) ?? closedCircuit;
  }
}
