import type { PlannedTask } from '#gpu-worker/scoring/scheduling/planned-task.ts';

/** The lane of tasks whose prefix no thread has. */
export const anyThread = -1;

/**
 * The waiting tasks of one request, by lane: a thread that has their prefix, or `anyThread`. A task that was cancelled stays where it is and is passed
 * over, so that leaving costs the same for the first and the thousandth.
 */
export class RequestLanes<Task extends PlannedTask> {
  /** Rows that were served, by the clock of its tenant's requests of this priority. */
  served: number;
  /** Tasks that still wait. */
  length = 0;
  readonly priority: number;
  readonly #lanes = new Map<number, Task[]>();
  readonly #waits: (task: Task) => boolean;

  constructor(priority: number, served: number, waits: (task: Task) => boolean) {
    this.priority = priority;
    this.served = served;
    this.#waits = waits;
  }

  push(lane: number, task: Task): void {
    const tasks = this.#lanes.get(lane);
    if (tasks === undefined) this.#lanes.set(lane, [task]);
    else tasks.push(task);
  }

  /** Before those that wait there. */
  pushFirst(lane: number, task: Task): void {
    const tasks = this.#lanes.get(lane);
    if (tasks === undefined) this.#lanes.set(lane, [task]);
    else tasks.unshift(task);
  }

  /** The oldest task of the lane that still waits, without taking it. */
  peek(lane: number): Task | null {
    const tasks = this.#lanes.get(lane);
    for (let task = tasks?.[0]; task !== undefined; task = tasks?.[0]) {
      if (this.#waits(task)) return task;
      tasks?.shift();
    }
    this.#lanes.delete(lane);
    return null;
  }

  /** Moves the tasks of a lane that still wait to another, behind those that are there; `move` is told of each. */
  move(from: number, to: number, moved: (task: Task) => void): void {
    const tasks = this.#lanes.get(from) ?? [];
    this.#lanes.delete(from);
    for (const task of tasks.filter(this.#waits)) {
      this.push(to, task);
      moved(task);
    }
  }

  /** Moves the task that `peek` gave to another lane. */
  moveFirst(from: number, to: number): void {
    const task = this.#lanes.get(from)?.shift();
    if (task !== undefined) this.push(to, task);
  }
}
