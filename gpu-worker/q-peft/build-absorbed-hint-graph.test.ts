import { describe, expect, it } from 'vitest';
import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { absorbedHintFeeds } from '#gpu-worker/q-peft/absorbed-hint-feeds.ts';
import type { DenseName } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import { absorbsProjections, buildAbsorbedHintGraph } from '#gpu-worker/q-peft/build-absorbed-hint-graph.ts';
import { buildHintGraph } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { type HintParameters, hintFeeds } from '#gpu-worker/q-peft/hint-feeds.ts';
import type { HintInput } from '#gpu-worker/q-peft/hint-input.ts';
import { expectClose, tolerances } from '#test/golden/compare-tensors.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const width = 12;
const normal = seededNormal(23);
const random = (length: number) => Float32Array.from({ length }, normal);
/** [out, width], of a size that keeps rows as long as they are. */
const weight = (out: number) => random(out * width).map((value) => value / Math.sqrt(width));
const table = random(50 * width);
const source = {
  gather: (ids: readonly number[]) =>
    Float32Array.from(ids.flatMap((id) => [...table.subarray(id * width, (id + 1) * width)])),
};
const tensors = new Map<DenseName, Float32Array>();
for (const part of ['mlp.first', 'mlp.second', 'attention.out'] as const) {
  tensors.set(`${part}.weight`, weight(width));
  tensors.set(`${part}.bias`, random(width));
}
tensors.set('attention.in.weight', weight(3 * width));
tensors.set('attention.in.bias', random(3 * width));

function parametersOf(residual: boolean): HintParameters {
  return { ...source, residual, dense: (name) => tensors.get(name) ?? new Float32Array(0) };
}

function inputOf(query: number, keys: number): Extract<HintInput, { method: 'attend' }> {
  const ids = (count: number, first: number) => Array.from({ length: count }, (_, index) => (first + index * 7) % 50);
  return { method: 'attend', query: ids(query, 1), keys: ids(keys, 3), open: [7, 8], close: [9], kept: null };
}

describe.each([1, 2, 3])('the form for few query rows, with %i heads', (heads) => {
  it.each([
    [1, 1],
    [1, 40],
    [5, 30],
    [9, 4],
  ])('gives the hints of the other form for %i query rows and %i keys', async (query, keys) => {
    const kind = { method: 'attend', heads } as const;
    const projecting = await ModelSession.open(serialiseGraph(buildHintGraph(kind, width)));
    const absorbed = await ModelSession.open(serialiseGraph(buildAbsorbedHintGraph(heads, width)));
    const input = inputOf(query, keys);
    for (const residual of [true, false]) {
      const parameters = parametersOf(residual);
      const expected = await projecting.run(hintFeeds(kind, width, input, parameters, source), ['hints']);
      const hints = await absorbed.run(absorbedHintFeeds(heads, width, input, parameters, source), ['hints']);
      expect(hints['hints']).toHaveLength((query + 3) * width);
      expectClose('hints', hints['hints'] ?? [], expected['hints'] ?? [], tolerances.hints);
    }
    await projecting.close();
    await absorbed.close();
  });
});

describe('absorbsProjections', () => {
  it('takes the form for few query rows where they are few beside the document, and heads are few', () => {
    expect(absorbsProjections({ heads: 2, width: 576, query: 11, keys: 145 })).toBe(true);
    expect(absorbsProjections({ heads: 2, width: 576, query: 200, keys: 145 })).toBe(false);
    expect(absorbsProjections({ heads: 64, width: 576, query: 11, keys: 145 })).toBe(false);
    expect(absorbsProjections({ heads: 2, width: 576, query: 11, keys: 1 })).toBe(false);
  });

  it('never makes more rows in between than the model is wide', () => {
    for (const heads of [1, 8, 64, 1024])
      for (const query of [1, 10, 100, 1000])
        for (const keys of [1, 100, 8000])
          if (absorbsProjections({ heads, width: 1024, query, keys })) expect(heads * query).toBeLessThan(1024);
  });
});
