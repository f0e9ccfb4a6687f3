import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedTask } from '#gpu-worker/scoring/scheduling/planned-task.ts';
import { addAll, namesOf, plannerOf, requestOf, takeNames, taskOf } from '#test/support/planned-tasks.ts';

describe('a batch', () => {
  it('is as many tasks as the rows allow, in the order they came', () => {
    const planner = plannerOf();
    addAll(planner, requestOf('r', 20));
    expect(takeNames(planner, 0)).toEqual(['r-0', 'r-1', 'r-2', 'r-3']);
    expect(takeNames(planner, 1)).toEqual(['r-4', 'r-5', 'r-6', 'r-7']);
  });

  it('holds more tasks where their prefixes are there', () => {
    const planner = plannerOf({ threads: 1 });
    addAll(planner, requestOf('r', 20));
    while (planner.length > 0) planner.take(0, 0);
    addAll(
      planner,
      requestOf('again', 20, {}).map((task, index) => ({ ...task, prefixKey: `r-${index}` })),
    );
    expect(takeNames(planner, 0)).toHaveLength(16);
  });

  it('is one task where it alone has too many rows', () => {
    const planner = plannerOf();
    addAll(planner, [taskOf('long', { prefixRows: 8_000 }), taskOf('short')]);
    expect(takeNames(planner, 0)).toEqual(['long']);
    expect(takeNames(planner, 0)).toEqual(['short']);
  });

  it('leaves the other threads their part of the last documents', () => {
    const planner = plannerOf();
    addAll(planner, requestOf('r', 4));
    expect(takeNames(planner, 0)).toHaveLength(2);
    expect(takeNames(planner, 1)).toHaveLength(1);
    expect(takeNames(planner, 0)).toHaveLength(1);
  });
});

describe('a prefix', () => {
  it('draws its tasks to the thread that has it, whoever asked', () => {
    const planner = plannerOf();
    addAll(planner, requestOf('r', 2));
    expect(takeNames(planner, 1)).toEqual(['r-0']);
    expect(takeNames(planner, 0)).toEqual(['r-1']);
    const again = ['r-0', 'r-1'].map((prefixKey) => taskOf(`${prefixKey} again`, { prefixKey, tenant: 'other' }));
    addAll(planner, again);
    expect(takeNames(planner, 0)).toEqual(['r-1 again']);
    expect(takeNames(planner, 1)).toEqual(['r-0 again']);
  });

  it('draws tasks that waited already when another was started', () => {
    const planner = plannerOf();
    addAll(planner, [taskOf('first', { prefixKey: 'd' }), taskOf('filler'), taskOf('second', { prefixKey: 'd' })]);
    expect(takeNames(planner, 0)).toEqual(['first', 'filler']);
    expect(takeNames(planner, 1)).toEqual([]);
    expect(takeNames(planner, 0)).toEqual(['second']);
  });

  it('does not hold a thread back that has nothing to do, once the other would take longer', () => {
    const planner = plannerOf();
    const documents = requestOf('r', 30);
    for (const task of documents) {
      addAll(planner, [task]);
      expect(takeNames(planner, 0)).toEqual([task.name]);
    }
    addAll(
      planner,
      documents.slice(0, 4).map((task) => ({ ...task, request: 'few' })),
    );
    expect(takeNames(planner, 1)).toEqual([]);
    addAll(
      planner,
      documents.slice(4).map((task) => ({ ...task, request: 'many' })),
    );
    const stolen = takeNames(planner, 1);
    expect(stolen).toHaveLength(4);
    // And has it from then on.
    addAll(planner, [taskOf('back', { prefixKey: stolen[0] ?? '' })]);
    expect(takeNames(planner, 1)).toContain('back');
  });

  it('that is lost with its thread draws nothing any more', () => {
    const planner = plannerOf();
    addAll(planner, requestOf('r', 1));
    expect(takeNames(planner, 0)).toEqual(['r-0']);
    addAll(planner, [taskOf('again', { prefixKey: 'r-0' })]);
    expect(takeNames(planner, 1)).toEqual([]);
    planner.forget(0);
    expect(takeNames(planner, 1)).toEqual(['again']);
  });
});

describe('fairness', () => {
  it('starts a small request in the next batch, however much another waits for', () => {
    for (const tenant of ['t', 'other']) {
      const planner = plannerOf();
      addAll(planner, requestOf('big', 1_000));
      for (let taken = 0; taken < 10; taken += 1) planner.take(taken % 2, 0);
      addAll(planner, [taskOf('small', { request: 'small', tenant })]);
      expect(takeNames(planner, 0)).toContain('small');
    }
  });

  it('gives tenants equal rows, whatever they ask for and in how many requests', () => {
    const tenants = fc.array(
      fc.record({ requests: fc.integer({ min: 1, max: 5 }), suffixRows: fc.integer({ min: 10, max: 400 }) }),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(tenants, (shapes) => {
        const planner = plannerOf({ threads: 1 });
        for (const [tenant, { requests, suffixRows }] of shapes.entries()) {
          for (let request = 0; request < requests; request += 1)
            addAll(
              planner,
              requestOf(`${tenant}-${request}`, 60, { tenant: String(tenant), prefixKey: null, suffixRows }),
            );
        }
        const served = new Map<string, number>();
        while (planner.tenants === shapes.length && served.size + planner.length > 0) {
          for (const { tenant, prefixRows, suffixRows } of planner.take(0, 0).tasks)
            served.set(tenant, (served.get(tenant) ?? 0) + prefixRows + suffixRows);
          if ((served.get('0') ?? 0) > 8_000) break;
        }
        const rows = [...served.values()];
        expect(rows).toHaveLength(shapes.length);
        expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(560);
      }),
      { numRuns: 15 },
    );
  });

  it('starves nobody by a stream of newcomers', () => {
    for (const tenantOf of [() => 't', (index: number) => `tenant ${index}`]) {
      const planner = plannerOf({ threads: 1, batchTasksMax: 1 });
      addAll(planner, requestOf('big', 50));
      let ofBig = 0;
      let next = 0;
      // The next newcomer comes when the last one was served.
      for (let turn = 0; turn < 60; turn += 1) {
        if (planner.length + ofBig === 50) {
          next += 1;
          addAll(planner, [taskOf(`new-${next}`, { request: `new-${next}`, tenant: tenantOf(next) })]);
        }
        if (takeNames(planner, 0)[0]?.startsWith('big')) ofBig += 1;
      }
      expect(ofBig).toBeGreaterThan(25);
      expect(next).toBeGreaterThan(25);
    }
  });
});

describe('priority', () => {
  it('puts a tenant’s requests of a lower number before its others, however long those have waited', () => {
    const planner = plannerOf({ threads: 1 });
    addAll(planner, requestOf('later', 100, { priority: 10 }));
    takeNames(planner, 0);
    addAll(planner, [...requestOf('default', 3), ...requestOf('urgent', 2, { priority: -1 })]);
    expect(takeNames(planner, 0)).toEqual(['urgent-0', 'urgent-1', 'default-0', 'default-1']);
    expect(takeNames(planner, 0)).toEqual(['default-2', 'later-4', 'later-5', 'later-6']);
  });

  it('takes nothing from other tenants', () => {
    const planner = plannerOf({ threads: 1 });
    addAll(planner, requestOf('pushy', 40, { tenant: 'pushy', priority: -100 }));
    addAll(planner, requestOf('patient', 40, { tenant: 'patient', priority: 100 }));
    const taken = [0, 1, 2, 3].flatMap(() => takeNames(planner, 0));
    expect(taken.filter((name) => name.startsWith('patient'))).toHaveLength(taken.length / 2);
  });

  it('starves none of equal priority by a stream of newcomers while others of a lesser one wait', () => {
    const planner = plannerOf({ threads: 1, batchTasksMax: 1 });
    for (let other = 0; other < 10; other += 1) addAll(planner, requestOf(`lesser-${other}`, 5, { priority: 1 }));
    addAll(planner, requestOf('big', 50));
    let ofBig = 0;
    let waitsForNewcomer = false;
    for (let turn = 0; turn < 40; turn += 1) {
      if (!waitsForNewcomer) addAll(planner, [taskOf(`new-${turn}`, { request: `new-${turn}` })]);
      const [name] = takeNames(planner, 0);
      waitsForNewcomer = name?.startsWith('new') === false;
      if (name?.startsWith('big')) ofBig += 1;
    }
    expect(ofBig).toBeGreaterThan(15);
  });
});

describe('guests', () => {
  it('get what nobody else wants, however long they have waited, and share it alike', () => {
    const planner = plannerOf({ threads: 1 });
    addAll(planner, requestOf('early', 3, { tenant: 'a', isGuest: true }));
    addAll(planner, requestOf('late', 3, { tenant: 'b', isGuest: true }));
    addAll(planner, requestOf('own', 5, { tenant: 'a' }));
    expect(takeNames(planner, 0)).toEqual(['own-0', 'own-1', 'own-2', 'own-3']);
    expect(takeNames(planner, 0)).toEqual(['own-4']);
    const guests = Array.from({ length: 6 }, () => takeNames(planner, 0)).flat();
    expect(guests.slice(0, 4).sort()).toEqual(['early-0', 'early-1', 'late-0', 'late-1']);
  });

  it('have batches of a quarter of the size, so that whoever comes next waits less', () => {
    const planner = plannerOf({ threads: 1 });
    addAll(planner, requestOf('kept', 8, { isGuest: true, prefixRows: 0, suffixRows: 10 }));
    expect(takeNames(planner, 0)).toHaveLength(4);
    addAll(planner, requestOf('new', 8, { request: 'new', isGuest: true }));
    takeNames(planner, 0);
    expect(takeNames(planner, 0)).toHaveLength(1);
  });

  it('have batches no larger where a thread takes them from another', () => {
    const stolen = (isGuest: boolean, changes: Partial<PlannedTask>) => {
      const planner = plannerOf();
      const kept = requestOf('r', 60, changes);
      for (const task of kept) {
        addAll(planner, [task]);
        expect(takeNames(planner, 0)).toEqual([task.name]);
      }
      addAll(
        planner,
        kept.map((task) => ({ ...task, request: 'again', isGuest })),
      );
      return takeNames(planner, 1).length;
    };
    const small = { prefixRows: 10, suffixRows: 10 };
    expect([stolen(false, small), stolen(true, small)]).toEqual([16, 4]);
    const large = { prefixRows: 60, suffixRows: 40 };
    expect([stolen(false, large), stolen(true, large)]).toEqual([8, 2]);
  });
});

describe('the rest of a task', () => {
  it('is let into a full queue, and goes before what its request has not begun', () => {
    const planner = plannerOf({ threads: 1, lengthMax: 4 });
    addAll(planner, requestOf('r', 3));
    expect(planner.add(taskOf('late'))).toBe(false);
    addAll(planner, [taskOf('chunk', { isContinuation: true })]);
    expect(takeNames(planner, 0)).toEqual(['chunk', 'r-0', 'r-1', 'r-2']);
  });

  it('pays its rows like any other, so that others have their turns between', () => {
    const planner = plannerOf({ threads: 1 });
    const chunks = requestOf('long', 8, { tenant: 'a', isContinuation: true, prefixRows: 500 });
    addAll(planner, [...chunks, ...requestOf('small', 1, { tenant: 'b' })]);
    expect([...takeNames(planner, 0), ...takeNames(planner, 0)]).toContain('small-0');
  });
});

describe('the queue', () => {
  it('keeps the last quarter for those who have little in it', () => {
    const planner = plannerOf({ lengthMax: 8 });
    const greedy = requestOf('r', 9, { tenant: 'greedy' });
    expect(greedy.map((task) => planner.add(task))).toEqual([...Array(6).fill(true), ...Array(3).fill(false)]);
    const modest = requestOf('s', 3, { tenant: 'modest' });
    expect(modest.map((task) => planner.add(task))).toEqual([true, true, false]);
    expect(planner.length).toBe(8);
    planner.take(0, 0);
    expect(planner.add(taskOf('later', { tenant: 'modest' }))).toBe(true);
  });

  it('gives back what waited past its deadline, and never starts it', () => {
    const planner = plannerOf({ threads: 1 });
    addAll(planner, [taskOf('late', { deadlineAtMs: 100 }), taskOf('open'), taskOf('in time', { deadlineAtMs: 101 })]);
    const { tasks, expired } = planner.take(0, 100);
    expect([namesOf(tasks), namesOf(expired)]).toEqual([['open', 'in time'], ['late']]);
    expect([planner.length, planner.rows]).toEqual([0, 0]);
  });
});
