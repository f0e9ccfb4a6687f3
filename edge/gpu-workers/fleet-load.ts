import {
  type AnsweredCall,
  backlogAt,
  loadWhenAnswered,
  loadWhenCalled,
  type TargetLoad,
  unknownLoad,
} from '#edge/gpu-workers/target-load.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

/** What is expected of a region. */
export interface RegionOutlook {
  /** Milliseconds until its answer to a request. */
  readonly expectedMs: number;
  /** Milliseconds since one of its targets was called. */
  readonly uncalledMs: number;
}

/** Milliseconds to a region that was never called: about the way to the next continent and back. */
const unknownNetworkMs = 100;

/** How busy an isolate believes the targets to be, from what their own answers said and what it sent them since. */
export class FleetLoad {
  readonly #loads = new Map<string, TargetLoad>();
  readonly #now: () => number;

  /** `now` — unix milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that so many characters go out to the target. */
  called(id: string, characters: number): void {
    this.#loads.set(id, loadWhenCalled(this.#of(id), characters, this.#now()));
  }

  answered(id: string, call: AnsweredCall): void {
    this.#loads.set(id, loadWhenAnswered(this.#of(id), call, this.#now()));
  }

  /** When a request of so many characters, spread over a region's targets, is expected to be answered: by the slowest of them. */
  outlook(targets: readonly WorkerTarget[], characters: number): RegionOutlook {
    const nowMs = this.#now();
    const loads = targets.map(({ id }) => this.#of(id));
    const known = loads.find(({ msPerCharacter }) => msPerCharacter !== undefined)?.msPerCharacter ?? 0;
    const expected = loads.map((load) => {
      const workMs = ((load.msPerCharacter ?? known) * characters) / targets.length;
      return (load.networkMs ?? unknownNetworkMs) + backlogAt(load, nowMs) + workMs;
    });
    return {
      expectedMs: Math.max(...expected),
      uncalledMs: nowMs - Math.max(...loads.map(({ calledAtMs }) => calledAtMs)),
    };
  }

  #of(id: string): TargetLoad {
    return this.#loads.get(id) ?? unknownLoad;
  }
}
