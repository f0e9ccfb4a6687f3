import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFleet } from '#edge/gpu-workers/plan-fleet.ts';
import { planShards, splitShards } from '#edge/gpu-workers/plan-shards.ts';
import { rankWorkers } from '#edge/gpu-workers/rank-workers.ts';
import { targetAt } from '#edge/testing/target-at.ts';

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const digests = fc.array(digest, { minLength: 1, maxLength: 60 });
const region = fc.constantFrom('weur', 'enam', 'apac');
const targets = fc
  .uniqueArray(fc.nat(999), { minLength: 1, maxLength: 12 })
  .chain((ids) => fc.tuple(...ids.map((id) => region.map((name) => targetAt(`https://worker-${id}.example`, name)))));
const regions = fc.shuffledSubarray(['weur', 'enam', 'apac'], { minLength: 3 });

describe('planFleet', () => {
  it('has every target once, healthy before dead, nearer before farther', () => {
    fc.assert(
      fc.property(targets, regions, fc.func(fc.boolean()), (all, order, isHealthy) => {
        const { primary, fallbacks } = planFleet(all, order, isHealthy);
        const flat = [primary, ...fallbacks].flat();
        expect(flat.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
        const rank = (target: (typeof flat)[number]) => (isHealthy(target.id) ? 0 : 10) + order.indexOf(target.region);
        const ranks = flat.map(rank);
        expect(ranks).toEqual(ranks.toSorted((left, right) => left - right));
        expect(new Set(primary.map(rank)).size).toBe(1);
      }),
    );
  });

  it('goes to the next region when all of the nearest are dead, and nowhere else while one lives', () => {
    const [near, alsoNear, far] = [
      targetAt('http://a', 'weur'),
      targetAt('http://b', 'weur'),
      targetAt('http://c', 'enam'),
    ];
    const plan = (...dead: string[]) =>
      planFleet([near, alsoNear, far], ['weur', 'enam'], (id) => !dead.includes(id)).primary.map(({ id }) => id);
    expect(plan()).toEqual(['http://a', 'http://b']);
    expect(plan('http://a')).toEqual(['http://b']);
    expect(plan('http://a', 'http://b')).toEqual(['http://c']);
    expect(plan('http://a', 'http://b', 'http://c')).toEqual(['http://a', 'http://b']);
  });
});

describe('planShards', () => {
  it('gives every document to exactly one shard of a primary target, and makes no more shards than allowed', () => {
    fc.assert(
      fc.property(targets, regions, digests, fc.integer({ min: 1, max: 6 }), (all, order, documents, shardsMax) => {
        const plan = planFleet(all, order, () => true);
        const shards = planShards(plan, documents, shardsMax);
        const indices = shards.flatMap(({ documentIndices }) => documentIndices).sort((left, right) => left - right);
        expect(indices).toEqual(documents.map((_, index) => index));
        expect(shards.length).toBeLessThanOrEqual(Math.min(shardsMax, plan.primary.length));
        expect(new Set(shards.map((shard) => shard.targets[0])).size).toBe(shards.length);
        for (const shard of shards) {
          expect(plan.primary).toContain(shard.targets[0]);
          expect(shard.targets.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
        }
      }),
    );
  });

  it('sends a document where it would go alone, as long as there are no more targets than shards', () => {
    fc.assert(
      fc.property(targets, digests, (all, documents) => {
        const ids = all.map(({ id }) => id);
        for (const shard of planShards({ primary: all, fallbacks: [] }, documents, all.length)) {
          for (const index of shard.documentIndices) {
            expect(rankWorkers(ids, documents[index] ?? new Uint8Array())[0]).toBe(shard.targets[0].id);
          }
        }
      }),
    );
  });

  it('tries the other targets of the region before any of the next', () => {
    fc.assert(
      fc.property(targets, regions, digests, (all, order, documents) => {
        for (const { targets: tried } of planShards(
          planFleet(all, order, () => true),
          documents,
          6,
        )) {
          const places = tried.map((target) => order.indexOf(target.region));
          expect(places).toEqual(places.toSorted((left, right) => left - right));
        }
      }),
    );
  });
});

describe('splitShards', () => {
  const shard = fc.record({
    targets: fc.constant([targetAt('http://a')] as const),
    documentIndices: fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 1, maxLength: 40 }),
  });
  const size = fc.record({ documents: fc.integer({ min: 1, max: 9 }), characters: fc.integer({ min: 1, max: 500 }) });
  const lengths = fc.array(fc.nat({ max: 200 }), { minLength: 61, maxLength: 61 });

  it('keeps every document with its shard, in order, in parts that are not larger than a call may be', () => {
    fc.assert(
      fc.property(shard, size, lengths, (whole, most, characters) => {
        const parts = splitShards([whole], most, characters);
        expect(parts.flatMap(({ documentIndices }) => documentIndices)).toEqual(whole.documentIndices);
        for (const { documentIndices } of parts) {
          expect(documentIndices.length).toBeGreaterThan(0);
          expect(documentIndices.length).toBeLessThanOrEqual(most.documents);
          const sum = documentIndices.reduce((total, index) => total + (characters[index] ?? 0), 0);
          if (documentIndices.length > 1) expect(sum).toBeLessThanOrEqual(most.characters);
        }
      }),
    );
  });

  it('makes no part that the one before it had room for', () => {
    fc.assert(
      fc.property(shard, size, lengths, (whole, most, characters) => {
        const parts = splitShards([whole], most, characters);
        for (const [index, { documentIndices }] of parts.slice(1).entries()) {
          const before = parts[index]?.documentIndices ?? [];
          const sum = [...before, documentIndices[0] ?? 0].reduce((total, one) => total + (characters[one] ?? 0), 0);
          expect(before.length === most.documents || sum > most.characters).toBe(true);
        }
      }),
    );
  });

  it('takes a part of each shard before the second of any', () => {
    const shards = [0, 1, 2].map((n) => ({
      targets: [targetAt(`http://${n}`)] as const,
      documentIndices: Array.from({ length: 5 - n }, (_, index) => n * 10 + index),
    }));
    const parts = splitShards(shards, { documents: 2, characters: 1_000 }, []);
    expect(parts.map(({ documentIndices }) => documentIndices)).toEqual([
      [0, 1],
      [10, 11],
      [20, 21],
      [2, 3],
      [12, 13],
      [22],
      [4],
    ]);
  });
});
