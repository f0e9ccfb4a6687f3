import { expect, it } from 'vitest';
import { signCall } from '#shared/signed-calls/sign-call.ts';
import { verifyCall } from '#shared/signed-calls/verify-call.ts';

const oldKey = new Uint8Array(32).fill(1);
const newKey = new Uint8Array(32).fill(2);
const nowMs = Date.UTC(2026, 0, 1);

/** What workers and edge have after each step; the first key signs. In between, some of a side are a step behind. */
type Step = { readonly workers: readonly Uint8Array[]; readonly edge: readonly Uint8Array[] };
const steps: readonly Step[] = [
  { workers: [oldKey], edge: [oldKey] },
  { workers: [oldKey, newKey], edge: [oldKey] },
  { workers: [oldKey, newKey], edge: [newKey, oldKey] },
  { workers: [newKey], edge: [newKey, oldKey] },
  { workers: [newKey], edge: [newKey] },
];

async function passes([key]: readonly Uint8Array[], keys: readonly Uint8Array[], audience?: 'edge'): Promise<boolean> {
  const call = { method: 'POST', path: '/v1/score', body: new Uint8Array(0), nowMs };
  const receiver = audience === undefined ? {} : { audience };
  const token = await signCall({ key: key ?? new Uint8Array(32), ...call, ...receiver });
  return (await verifyCall({ token, keys, ...call, ...receiver })).ok;
}

/** Whether all calls pass, the edge's to any worker and any trainer's to the edge, from a step until the next one is everywhere. */
async function passesBetween(before: Step, after: Step): Promise<boolean> {
  const calls = [before, after].flatMap(({ workers }) =>
    [before, after].flatMap(({ edge }) => [passes(edge, workers), passes(workers, edge, 'edge')]),
  );
  return (await Promise.all(calls)).every(Boolean);
}

it('no call fails in any step of a rotation, nor while a step is half done', async () => {
  for (const [index, step] of steps.slice(1).entries()) {
    expect(await passesBetween(steps[index] ?? step, step)).toBe(true);
  }
});

it('with the new key in front from the start, or with a step left out, calls fail', async () => {
  const [first, second, third, fourth, last] = steps as readonly [Step, Step, Step, Step, Step];
  expect(await passesBetween(first, { ...first, workers: [newKey, oldKey] })).toBe(false);
  expect(await passesBetween(first, third)).toBe(false);
  expect(await passesBetween(second, fourth)).toBe(false);
  expect(await passesBetween(third, { ...third, edge: [newKey] })).toBe(false);
  expect(await passes(last.edge, last.workers)).toBe(true);
  expect(await passes([oldKey], last.workers)).toBe(false);
});
