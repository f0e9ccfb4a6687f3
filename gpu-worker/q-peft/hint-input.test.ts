import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';
import { similarTokens } from '#gpu-worker/q-peft/hint-input.ts';
import { selectHintTokens } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const width = 5;
const vocabulary = 12;
const filters = { filters: 'none', specialIds: new Set<number>(), isStopWord: () => false, hasLetter: () => true };

function randomTable(seed: number) {
  const normal = seededNormal(seed);
  const rows = Array.from({ length: vocabulary }, () => Float32Array.from({ length: width }, normal));
  return { width, gather: (ids: readonly number[]) => Float32Array.from(ids.flatMap((id) => [...(rows[id] ?? [])])) };
}

it('selects from a document with repeated tokens as from the whole cosine matrix, cell by cell', () => {
  const ids = fc.array(fc.nat(vocabulary - 1), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(ids, ids, fc.nat(1_000), fc.integer({ min: 1, max: 8 }), (query, document, seed, k) => {
      const [changed, frozen] = [randomTable(seed), randomTable(seed + 1)];
      const cosines = cosineSimilarity(changed.gather(query), frozen.gather(document), width);
      expect(similarTokens({ query, document }, k, changed, frozen, filters)).toEqual(
        selectHintTokens(cosines, query, document, k, filters),
      );
    }),
  );
});
