import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addAll, type NamedTask, plannerOf, taskOf } from '#test/support/planned-tasks.ts';

type Step =
  | {
      readonly kind: 'add';
      readonly tenant: number;
      readonly priority: number;
      readonly document: number;
      readonly deadlineAtMs: number;
    }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'take'; readonly thread: number; readonly nowMs: number }
  | { readonly kind: 'forget'; readonly thread: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      tenant: fc.integer({ min: 0, max: 3 }),
      priority: fc.integer({ min: -1, max: 1 }),
      document: fc.integer({ min: 0, max: 12 }),
      deadlineAtMs: fc.integer({ min: 0, max: 300 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fc.nat({ max: 60 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      thread: fc.integer({ min: 0, max: 2 }),
      nowMs: fc.integer({ min: 0, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), thread: fc.integer({ min: 0, max: 2 }) }) },
);

it('loses and doubles nothing: whatever comes, leaves, expires and dies, each task ends once', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 120 }), (all) => {
      const planner = plannerOf({ threads: 3, lengthMax: 40 });
      const added: NamedTask[] = [];
      const ended: NamedTask[] = [];
      for (const [index, step] of all.entries()) {
        if (step.kind === 'add') {
          const { tenant, priority, document, deadlineAtMs } = step;
          const request = `r${priority} ${index % 4}`;
          const changes = { tenant: `t${tenant}`, request, priority, prefixKey: `d${document}`, deadlineAtMs };
          const task = taskOf(String(index), changes);
          if (planner.add(task)) added.push(task);
        } else if (step.kind === 'remove') {
          const task = added[step.at];
          if (task === undefined || ended.includes(task)) continue;
          planner.remove(task);
          planner.remove(task);
          ended.push(task);
        } else if (step.kind === 'take') {
          const { tasks, expired } = planner.take(step.thread, step.nowMs);
          for (const { deadlineAtMs } of tasks) expect(deadlineAtMs).toBeGreaterThan(step.nowMs);
          for (const { deadlineAtMs } of expired) expect(deadlineAtMs).toBeLessThanOrEqual(step.nowMs);
          ended.push(...tasks, ...expired);
        } else {
          planner.forget(step.thread);
        }
        expect(planner.length).toBe(added.length - ended.length);
      }
      for (const thread of [0, 1, 2]) {
        for (let batch = planner.take(thread, 0); ; batch = planner.take(thread, 0)) {
          ended.push(...batch.tasks, ...batch.expired);
          if (batch.tasks.length === 0) break;
        }
      }
      const left = planner.clear();
      expect(new Set([...ended, ...left]).size).toBe(added.length);
      expect(ended.length + left.length).toBe(added.length);
      expect([planner.length, planner.rows, planner.tenants]).toEqual([0, 0, 0]);
    }),
    { numRuns: 100 },
  );
});

it('leaves nothing waiting while every thread asks', () => {
  const documents = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(documents, fc.integer({ min: 1, max: 4 }), (keys, threads) => {
      const planner = plannerOf({ threads });
      addAll(
        planner,
        keys.map((key, index) => taskOf(String(index), { prefixKey: `d${key}`, request: `r${index % 7}` })),
      );
      while (planner.length > 0) {
        const before = planner.length;
        for (let thread = 0; thread < threads; thread += 1) planner.take(thread, 0);
        expect(planner.length).toBeLessThan(before);
      }
    }),
  );
});
