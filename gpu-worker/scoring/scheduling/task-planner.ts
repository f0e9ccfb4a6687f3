import { LRUCache } from 'lru-cache';
import type { PlannedTask } from '#gpu-worker/scoring/scheduling/planned-task.ts';
import { anyThread, RequestLanes } from '#gpu-worker/scoring/scheduling/request-lanes.ts';

export interface TaskPlannerOptions {
  readonly threads: number;
  /** Tasks that may wait. */
  readonly lengthMax: number;
  /** Rows of one batch at most (but a single task always goes): as long as a newcomer waits for a thread. */
  readonly batchRowsMax: number;
  readonly batchTasksMax: number;
  /** Prefixes of which it is remembered which thread has them. */
  readonly ownersMax: number;
}

export interface PlannedBatch<Task> {
  readonly tasks: readonly Task[];
  /** Tasks that waited past their deadline. */
  readonly expired: readonly Task[];
}

interface Tenant<Task extends PlannedTask> {
  readonly isGuest: boolean;
  /** Rows that were served, by the clock of all tenants. */
  served: number;
  length: number;
  /** By priority: rows that each of its requests was served on average, where a new one starts. */
  readonly clocks: Map<number, number>;
  readonly requests: Map<string, RequestLanes<Task>>;
}

interface Choice<Task extends PlannedTask> {
  readonly task: Task;
  readonly tenant: Tenant<Task>;
  readonly request: RequestLanes<Task>;
}

/** From this part of its length on, the queue takes tasks of those only who have little in it. */
const reservedFrom = 0.75;

/** Part of a batch that is a guest's batch: so much less does the region's own caller wait who comes next. */
const guestPart = 0.25;

/**
 * Decides which waiting tasks a thread runs next: its time goes in equal parts to the tenants that wait, and within a tenant to its requests, counted in
 * rows (fair queueing: whoever was served least is next, and a newcomer starts where the others are on average). A tenant's requests of a lower priority
 * number go before its others, and cost other tenants nothing. Guests, whose own region is another, get what nobody else wants. A task goes to the thread that has its
 * prefix; one that no thread has goes to whichever asks first. A thread with nothing to do takes from the longest lane of another, as long as computing the
 * prefixes again still ends sooner. Knows no clock, no thread and no promise.
 */
export class TaskPlanner<Task extends PlannedTask> {
  readonly #options: TaskPlannerOptions;
  readonly #lanes = new Map<Task, number>();
  readonly #tenants = new Map<string, Tenant<Task>>();
  readonly #owners: LRUCache<string, number>;
  /** Rows that wait in each lane, for a thread that has their prefixes (all of them for `anyThread`). */
  readonly #laneRows = new Map<number, number>();
  #clock = 0;
  #guests = 0;

  constructor(options: TaskPlannerOptions) {
    this.#options = options;
    this.#owners = new LRUCache({ max: options.ownersMax });
  }

  get length(): number {
    return this.#lanes.size;
  }

  /** Of these, guests' tasks, for which nobody else waits. */
  get guests(): number {
    return this.#guests;
  }

  /** Rows that wait. */
  get rows(): number {
    return [...this.#laneRows.values()].reduce((sum, rows) => sum + rows, 0);
  }

  /** Tenants that wait. */
  get tenants(): number {
    return this.#tenants.size;
  }

  /** Takes a task in; false when the queue is full, or nearly so and this tenant has its part of it already. */
  add(task: Task): boolean {
    const key = tenantKey(task);
    if (!task.isContinuation && !this.#admits(key)) return false;
    const tenant = this.#tenants.get(key) ?? newTenant<Task>(this.#clock, task.isGuest === true);
    const waits = (one: Task) => this.#lanes.has(one);
    const { priority } = task;
    const request =
      tenant.requests.get(task.request) ?? new RequestLanes<Task>(priority, tenant.clocks.get(priority) ?? 0, waits);
    this.#tenants.set(key, tenant);
    tenant.requests.set(task.request, request);
    tenant.length += 1;
    request.length += 1;
    const lane = this.#ownerOf(task) ?? anyThread;
    if (task.isContinuation) request.pushFirst(lane, task);
    else request.push(lane, task);
    this.#enter(task, lane);
    return true;
  }

  /** Takes a task out that nobody waits for any more; nothing happens if it is not waiting. */
  remove(task: Task): void {
    const key = tenantKey(task);
    const tenant = this.#tenants.get(key);
    const request = tenant?.requests.get(task.request);
    if (tenant === undefined || request === undefined || !this.#lanes.has(task)) return;
    this.#leave(task);
    tenant.length -= 1;
    request.length -= 1;
    if (request.length === 0) tenant.requests.delete(task.request);
    if (tenant.length === 0) this.#tenants.delete(key);
  }

  /** What `thread` (from 0) runs next. No tasks: it has to wait for new ones. */
  take(thread: number, nowMs: number): PlannedBatch<Task> {
    const { threads, batchTasksMax } = this.#options;
    const tasks: Task[] = [];
    const expired: Task[] = [];
    let rows = 0;
    let foreignRows = 0;
    // The last documents of a request are split over the threads, and not all done by one.
    const foreignShare = this.#rowsOf(anyThread) / threads;
    while (tasks.length < batchTasksMax) {
      const lanes = tasks.length === 0 || foreignRows < foreignShare ? [thread, anyThread] : [thread];
      const choice = this.#choose(thread, lanes);
      if (choice === null) break;
      if (this.#expire(choice.task, nowMs, expired)) continue;
      const cost = this.#costOn(thread, choice.task);
      if (!this.#hasRoom(tasks, rows + cost, choice.task)) break;
      if (this.#lanes.get(choice.task) === anyThread) foreignRows += cost;
      this.#serve(thread, choice, cost);
      tasks.push(choice.task);
      rows += cost;
    }
    if (tasks.length === 0) this.#steal(thread, nowMs, tasks, expired);
    return { tasks, expired };
  }

  /** The thread has lost its prefixes, or is gone: what waited for it may go anywhere. */
  forget(thread: number): void {
    for (const [key, owner] of [...this.#owners.entries()]) if (owner === thread) this.#owners.delete(key);
    for (const { requests } of this.#tenants.values()) {
      for (const request of requests.values()) {
        request.move(thread, anyThread, (task) => {
          this.#leave(task);
          this.#enter(task, anyThread);
        });
      }
    }
  }

  /** Everything that waits, which is then empty. */
  clear(): Task[] {
    const tasks = [...this.#lanes.keys()];
    for (const task of tasks) this.remove(task);
    return tasks;
  }

  #admits(name: string): boolean {
    const { lengthMax } = this.#options;
    if (this.length >= lengthMax) return false;
    if (this.length < reservedFrom * lengthMax) return true;
    const tenant = this.#tenants.get(name);
    const tenants = this.#tenants.size + (tenant === undefined ? 1 : 0);
    return (tenant?.length ?? 0) < lengthMax / (tenants + 1);
  }

  /** A task of the most urgent request, of equal ones that which was served least, of the tenant that was served least, guests last; of those with something in `lanes`. */
  #choose(thread: number, lanes: readonly number[]): Choice<Task> | null {
    let best: Choice<Task> | null = null;
    for (const tenant of this.#tenants.values()) {
      if (best !== null && !comesBefore(tenant, best.tenant)) continue;
      let ofTenant: Choice<Task> | null = null;
      for (const request of tenant.requests.values()) {
        if (ofTenant !== null && !goesBefore(request, ofTenant.request)) continue;
        const task = this.#firstOf(thread, request, lanes);
        if (task !== null) ofTenant = { task, tenant, request };
      }
      best = ofTenant ?? best;
    }
    return best;
  }

  #firstOf(thread: number, request: RequestLanes<Task>, lanes: readonly number[]): Task | null {
    for (const lane of lanes) {
      for (let task = request.peek(lane); task !== null; task = request.peek(lane)) {
        // Its prefix may have got an owner since it came: another task with the same document went first.
        const owner = lane === anyThread ? (this.#ownerOf(task) ?? lane) : lane;
        if (owner === lane || owner === thread) return task;
        request.moveFirst(lane, owner);
        this.#leave(task);
        this.#enter(task, owner);
      }
    }
    return null;
  }

  #steal(thread: number, nowMs: number, tasks: Task[], expired: Task[]): void {
    const { threads, batchTasksMax } = this.#options;
    const others = Array.from({ length: threads }, (_, other) => other).filter((other) => other !== thread);
    const longest = others.reduce((best, other) => (this.#rowsOf(other) > this.#rowsOf(best) ? other : best), thread);
    let rows = 0;
    while (longest !== thread && tasks.length < batchTasksMax) {
      const choice = this.#choose(thread, [longest]);
      if (choice === null) return;
      if (this.#expire(choice.task, nowMs, expired)) continue;
      const cost = this.#costOn(thread, choice.task);
      rows += cost;
      if (rows > this.#rowsOf(longest) - choice.task.suffixRows) return;
      if (!this.#hasRoom(tasks, rows, choice.task)) return;
      this.#serve(thread, choice, cost);
      tasks.push(choice.task);
    }
  }

  /** Whether a batch of these tasks may have this one too, and be of so many rows with it: a guest only while it is a guest's batch. A single task always goes. */
  #hasRoom(tasks: readonly Task[], rows: number, { isGuest }: Task): boolean {
    const { batchRowsMax, batchTasksMax } = this.#options;
    const part = isGuest === true ? guestPart : 1;
    return tasks.length === 0 || (rows <= batchRowsMax * part && tasks.length < batchTasksMax * part);
  }

  #expire(task: Task, nowMs: number, expired: Task[]): boolean {
    if (task.deadlineAtMs === undefined || task.deadlineAtMs > nowMs) return false;
    this.remove(task);
    expired.push(task);
    return true;
  }

  #serve(thread: number, { task, tenant, request }: Choice<Task>, cost: number): void {
    // The clocks go as fast as each of those who wait is served on average; a stream of newcomers then starves nobody.
    this.#clock += cost / this.#tenants.size;
    const { priority } = request;
    const rivals = [...tenant.requests.values()].filter((rival) => rival.priority === priority);
    tenant.clocks.set(priority, (tenant.clocks.get(priority) ?? 0) + cost / rivals.length);
    tenant.served += cost;
    request.served += cost;
    this.remove(task);
    if (task.prefixKey !== null) this.#owners.set(task.prefixKey, thread);
  }

  #ownerOf({ prefixKey }: Task): number | undefined {
    return prefixKey === null ? undefined : this.#owners.get(prefixKey);
  }

  #costOn(thread: number, task: Task): number {
    return task.suffixRows + (this.#ownerOf(task) === thread ? 0 : task.prefixRows);
  }

  #rowsOf(lane: number): number {
    return this.#laneRows.get(lane) ?? 0;
  }

  #enter(task: Task, lane: number): void {
    this.#lanes.set(task, lane);
    if (task.isGuest === true) this.#guests += 1;
    this.#laneRows.set(lane, this.#rowsOf(lane) + rowsIn(lane, task));
  }

  #leave(task: Task): void {
    const lane = this.#lanes.get(task);
    if (lane === undefined) return;
    this.#lanes.delete(task);
    if (task.isGuest === true) this.#guests -= 1;
    this.#laneRows.set(lane, this.#rowsOf(lane) - rowsIn(lane, task));
  }
}

function newTenant<Task extends PlannedTask>(served: number, isGuest: boolean): Tenant<Task> {
  return { isGuest, served, length: 0, clocks: new Map(), requests: new Map() };
}

/** A tenant may have callers of its own and guests at once; they count as two. */
function tenantKey({ tenant, isGuest }: PlannedTask): string {
  return `${isGuest === true ? 'guest' : 'own'} ${tenant}`;
}

type TenantTurn = Pick<Tenant<PlannedTask>, 'isGuest' | 'served'>;
type RequestTurn = Pick<RequestLanes<PlannedTask>, 'priority' | 'served'>;

function comesBefore(one: TenantTurn, other: TenantTurn): boolean {
  return one.isGuest === other.isGuest ? one.served < other.served : other.isGuest;
}

function goesBefore(one: RequestTurn, other: RequestTurn): boolean {
  return one.priority < other.priority || (one.priority === other.priority && one.served < other.served);
}

function rowsIn(lane: number, { prefixRows, suffixRows }: PlannedTask): number {
  return lane === anyThread ? prefixRows + suffixRows : suffixRows;
}
