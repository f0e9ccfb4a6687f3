import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';
import { QuerySimilarities } from '#gpu-worker/q-peft/query-similarities.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const width = 5;

function randomTable(seed: number, vocabulary: number) {
  const normal = seededNormal(seed);
  const rows = Array.from({ length: vocabulary }, () => Float32Array.from({ length: width }, normal));
  const gathered: number[] = [];
  const gather = (ids: readonly number[]) => {
    gathered.push(...ids);
    return Float32Array.from(ids.flatMap((id) => [...(rows[id] ?? [])]));
  };
  return { width, gather, gathered };
}

it('gives the bits of the whole matrix, whatever documents came before', () => {
  const ids = fc.array(fc.nat(11), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(ids, fc.array(ids, { maxLength: 4 }), fc.nat(1_000), (query, documents, seed) => {
      const frozen = randomTable(seed, 12);
      const rows = randomTable(seed + 1, 12).gather(query);
      const similarities = new QuerySimilarities(rows, frozen);
      for (const document of documents)
        expect(similarities.of(document)).toEqual(cosineSimilarity(rows, frozen.gather(document), width));
    }),
  );
});

it('reads the row of a token once, and a bounded number of them stays', () => {
  const frozen = randomTable(3, 40);
  const similarities = new QuerySimilarities(frozen.gather([1, 2]), frozen);
  frozen.gathered.length = 0;
  similarities.of([5, 6, 5, 7]);
  similarities.of([7, 8, 5]);
  expect(frozen.gathered).toEqual([5, 6, 7, 8]);
  const long = new QuerySimilarities(new Float32Array(5_000 * width).fill(1), frozen);
  for (const document of [[1, 2, 3, 4], [5, 6, 7], [1]]) long.of(document);
  expect(frozen.gathered.slice(4)).toEqual([1, 2, 3, 4, 5, 6, 7, 1]);
});

it('has no cosines where there are no tokens', () => {
  const frozen = randomTable(3, 4);
  expect(new QuerySimilarities(frozen.gather([1]), frozen).of([])).toHaveLength(0);
  expect(new QuerySimilarities(new Float32Array(0), frozen).of([1, 2])).toHaveLength(0);
});
