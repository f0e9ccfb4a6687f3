import { expect } from 'vitest';
import type { PlannedTask } from '#gpu-worker/scoring/scheduling/planned-task.ts';
import { TaskPlanner, type TaskPlannerOptions } from '#gpu-worker/scoring/scheduling/task-planner.ts';

export interface NamedTask extends PlannedTask {
  readonly name: string;
}

const defaults: TaskPlannerOptions = {
  threads: 2,
  lengthMax: 10_000,
  batchRowsMax: 800,
  batchTasksMax: 16,
  ownersMax: 1_000,
};
export const plannerOf = (options: Partial<TaskPlannerOptions> = {}) =>
  new TaskPlanner<NamedTask>({ ...defaults, ...options });

export function taskOf(name: string, changes: Partial<PlannedTask> = {}): NamedTask {
  return {
    name,
    tenant: 't',
    request: 'r',
    priority: 0,
    prefixKey: name,
    prefixRows: 160,
    suffixRows: 40,
    deadlineAtMs: undefined,
    ...changes,
  };
}

export function requestOf(request: string, count: number, changes: Partial<PlannedTask> = {}): NamedTask[] {
  return Array.from({ length: count }, (_, index) => taskOf(`${request}-${index}`, { request, ...changes }));
}

export function addAll(planner: TaskPlanner<NamedTask>, tasks: readonly NamedTask[]): void {
  for (const task of tasks) expect(planner.add(task)).toBe(true);
}

export const namesOf = (tasks: readonly NamedTask[]) => tasks.map(({ name }) => name);
export const takeNames = (planner: TaskPlanner<NamedTask>, thread: number, nowMs = 0) =>
  namesOf(planner.take(thread, nowMs).tasks);
