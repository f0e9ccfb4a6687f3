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
  it('keeps every document with its targets, in parts that are not larger than allowed', () => {
    const shard = fc.record({
      targets: fc.constant([targetAt('http://a')] as const),
      documentIndices: fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(shard), fc.integer({ min: 1, max: 9 }), (shards, documentsMax) => {
        const parts = splitShards(shards, documentsMax);
        const indicesOf = (list: typeof parts) => list.flatMap(({ documentIndices }) => documentIndices);
        expect(indicesOf(parts)).toEqual(indicesOf(shards));
        for (const { documentIndices } of parts) {
          expect(documentIndices.length).toBeGreaterThan(0);
          expect(documentIndices.length).toBeLessThanOrEqual(documentsMax);
        }
      }),
    );
  });
});
