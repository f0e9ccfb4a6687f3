/** Tasks by the signal that ends them: one listener stands behind the thousand documents of a request, and none is left behind by what ended before. */
export class AbortGroups<Task> {
  readonly #groups = new WeakMap<AbortSignal, Set<Task>>();
  readonly #onAbort: (task: Task) => void;

  constructor(onAbort: (task: Task) => void) {
    this.#onAbort = onAbort;
  }

  add(signal: AbortSignal, task: Task): void {
    const known = this.#groups.get(signal);
    if (known !== undefined) {
      known.add(task);
      return;
    }
    const group = new Set([task]);
    this.#groups.set(signal, group);
    const abort = () => {
      for (const one of [...group]) this.#onAbort(one);
      group.clear();
    };
    signal.addEventListener('abort', abort, { once: true });
  }

  delete(signal: AbortSignal, task: Task): void {
    this.#groups.get(signal)?.delete(task);
  }
}
