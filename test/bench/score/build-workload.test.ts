import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildWorkload } from '#test/bench/score/build-workload.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-workload-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textsOf = (pairs: readonly { readonly document: string }[]) => new Set(pairs.map(({ document }) => document));

it('has no document twice in what is scored cold, and the same ones where they are seen again', async () => {
  const workload = await buildWorkload(writeTinyTextModel(join(folder, 'model')), 100);
  const [first, second] = [textsOf(workload.round(0)), textsOf(workload.round(1))];
  expect([first.size, second.size, new Set([...first, ...second]).size]).toEqual([100, 100, 200]);
  expect(textsOf(workload.again(0, 5))).toEqual(first);
  const mostlySeen = textsOf(workload.again(0, 6, { newEvery: 10 }));
  expect([...mostlySeen].filter((text) => first.has(text))).toHaveLength(90);
});
