import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { Precision, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { goldenFolder, readGoldenJson } from '#test/golden/golden-folder.ts';

interface GoldenTexts {
  readonly pairs: readonly {
    readonly query: string;
    readonly runs: Readonly<Record<string, { readonly document_text: string }>>;
  }[];
}

const { pairs } = readGoldenJson<GoldenTexts>('smollm2/pairs.json');
const query = pairs[0]?.query ?? '';
/** Stretches of the golden passages, of 20 to 90 characters: real text of different lengths, short so that 64 are quick. */
const documents = Array.from({ length: 64 }, (_, index) => {
  const text = pairs[index % pairs.length]?.runs['upr']?.document_text ?? '';
  const start = Math.floor(index / pairs.length) * 90;
  return text.slice(start, start + 20 + ((index * 37) % 71));
});

function bits(values: Float32Array = new Float32Array(0)): string {
  return Buffer.from(values.slice().buffer).toString('hex');
}

/** The float32 bits of every target of every document, in the documents' order: equal strings mean bitwise equal scores. */
async function bitsOf(engine: ScoringEngine, texts: readonly string[], adapterDigest?: string): Promise<string[]> {
  const tasks = texts.map((document) =>
    engine.score({ document, queries: [query], ...(adapterDigest === undefined ? {} : { adapterDigest }) }),
  );
  const scores = await Promise.all(tasks);
  return scores.map(([score]) => bits(score?.targetLogLikelihoods));
}

describe.each<Precision>(['fp32', 'int8'])('a score in %s', (precision) => {
  let one: ScoringEngine;
  let two: ScoringEngine;
  let reference: string[];

  beforeAll(async () => {
    const modelPath = await fetchDefaultModel({});
    const cacheFolder = convertedWeightsFolder;
    one = await createScoringEngine({ modelPath, precision, threads: 1, cacheFolder });
    two = await createScoringEngine({ modelPath, precision, threads: 2, cacheFolder });
    reference = await bitsOf(two, documents);
  });
  afterAll(async () => {
    await one.close();
    await two.close();
  });

  it('differs between documents, so that equality below means something', () => {
    expect(new Set(reference).size).toBeGreaterThan(60);
  });

  it('is bitwise the same alone as among 64', async () => {
    for (const index of [0, 5, 31, 63]) {
      expect(await bitsOf(two, documents.slice(index, index + 1))).toEqual([reference[index]]);
    }
  });

  it('is bitwise the same in batches of 7 and in reverse order', async () => {
    expect(await bitsOf(two, documents.slice(20, 27))).toEqual(reference.slice(20, 27));
    expect(await bitsOf(two, documents.slice(0, 21).reverse())).toEqual(reference.slice(0, 21).reverse());
  });

  it('is bitwise the same on 1 thread', async () => {
    expect(await bitsOf(one, documents.slice(0, 16))).toEqual(reference.slice(0, 16));
  });

  it('is bitwise the same with kept prefixes, and with room for a few only', async () => {
    const sample = documents.slice(0, 8);
    // These were scored before, by several tests.
    expect(await bitsOf(two, sample)).toEqual(reference.slice(0, 8));
    const modelPath = await fetchDefaultModel({});
    const options = { modelPath, precision, threads: 1, cacheFolder: convertedWeightsFolder };
    const engine = await createScoringEngine({ ...options, prefixCacheBytes: 4_000_000 });
    expect(await bitsOf(engine, sample)).toEqual(reference.slice(0, 8));
    expect(await bitsOf(engine, sample.toReversed())).toEqual(reference.slice(0, 8).reverse());
    expect(engine.memory().prefixEvictions).toBeGreaterThan(0);
    await engine.close();
  });

  it('is bitwise the same beside other queries for the same document', async () => {
    const [document = ''] = documents;
    const [together] = await two.score({ document, queries: [query, 'another question?', 'and one more'] });
    expect(bits(together?.targetLogLikelihoods)).toBe(reference[0]);
  });

  it('is bitwise the same with an adapter, alone and among others that use none', async () => {
    const file = new Uint8Array(readFileSync(join(goldenFolder, 'smollm2/adapter_A.safetensors')));
    const { digest } = await two.loadAdapter(file);
    const sample = documents.slice(0, 6);
    const mixed = await Promise.all([bitsOf(two, sample, digest), bitsOf(two, documents.slice(6, 12))]);
    expect(mixed[1]).toEqual(reference.slice(6, 12));
    expect(mixed[0]).not.toEqual(reference.slice(0, 6));
    for (const [index, document] of sample.entries()) {
      expect(await bitsOf(two, [document], digest)).toEqual([mixed[0]?.[index]]);
    }
  });

  it('is bitwise the same in runs that adapters of both kinds and the base model share, cold and warm', async () => {
    const read = (kind: string) =>
      new Uint8Array(readFileSync(join(goldenFolder, `smollm2/adapter_${kind}.safetensors`)));
    const sample = documents.slice(0, 8);
    const alone: string[][] = [];
    const digests: (string | undefined)[] = [undefined];
    for (const kind of ['A', 'R']) digests.push((await two.loadAdapter(read(kind))).digest);
    for (const digest of digests) {
      const bitsAlone = [];
      for (const document of sample) bitsAlone.push(...(await bitsOf(two, [document], digest)));
      alone.push(bitsAlone);
    }
    expect(new Set(alone.flat()).size).toBe(24);
    for (const kind of ['A', 'R']) await one.loadAdapter(read(kind));
    for (const engine of [one, one, two]) {
      // Document by document, so that neighbours in a run differ in their adapter.
      const mixed = await Promise.all(
        sample.flatMap((document) => digests.map((digest) => bitsOf(engine, [document], digest))),
      );
      expect(mixed.flat()).toEqual(sample.flatMap((_, index) => alone.map((own) => own[index])));
    }
  });
});
