import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { findBaseCalibration } from '#shared/calibration/base-model-calibration.ts';
import { lexicalMatch } from '#shared/calibration/lexical-match.ts';
import { contentWords, queryWeights } from '#shared/calibration/word-weights.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';

const query = 'When was the Eiffel Tower built?';
const task = { query, template: 'clean-1' } as const;
let modelPath: string;
let one: ScoringEngine;
let two: ScoringEngine;

beforeAll(async () => {
  modelPath = await fetchDefaultModel({});
  const options = { modelPath, precision: 'int8', cacheFolder: convertedWeightsFolder } as const;
  one = await createScoringEngine({ ...options, threads: 1 });
  two = await createScoringEngine({ ...options, threads: 2 });
});
afterAll(async () => {
  await one.close();
  await two.close();
});

it('gives a query a likelihood of its own, bitwise the same beside documents, other queries and adapters', async () => {
  const alone = await one.queryLogLikelihood(task);
  const file = new Uint8Array(readFileSync(join(goldenFolder, 'smollm2/adapter_A.safetensors')));
  const { digest } = await two.loadAdapter(file);
  const [, , , beside] = await Promise.all([
    two.score({ document: 'The tower was finished in 1889.', queries: [query], adapterDigest: digest }),
    two.queryLogLikelihood({ ...task, query: 'Who was Ada Lovelace?' }),
    two.score({ document: 'Paris is the capital of France.', queries: [query, 'another one'] }),
    two.queryLogLikelihood(task),
  ]);
  expect(beside).toBe(alone);
  expect(await two.queryLogLikelihood(task)).toBe(alone);
  expect(await two.queryLogLikelihood({ ...task, template: 'upr-1' })).not.toBe(alone);
});

it('leaves the document out of the template and changes nothing else', async () => {
  const { tokenizer, close } = openModel(modelPath);
  if (tokenizer === null) throw new Error('the default model has a tokenizer');
  const segments = ['given the hints, please generate a question for the input passage\nPassage:', '\n', 'Question:'];
  const promptIds = segments.flatMap((segment) => tokenizer.encode(segment));
  const targetIds = tokenizer.encode(` ${query}`);
  close();
  // In int8 the two differ: between two runs keys and values are float16, within one they are not.
  const engine = await createScoringEngine({
    modelPath,
    precision: 'fp32',
    threads: 1,
    cacheFolder: convertedWeightsFolder,
  });
  const inOneRun = await engine.scoreTokens({ promptIds, targetIds });
  expect(await engine.queryLogLikelihood(task)).toBeCloseTo(inOneRun.meanLogLikelihood, 4);
  await engine.close();
});

it('is less than the likelihood given a document that answers', async () => {
  const [answered] = await two.score({ document: 'The Eiffel Tower was built in 1889.', queries: [query] });
  expect(answered?.meanLogLikelihood).toBeGreaterThan(await two.queryLogLikelihood(task));
});

it('counts the words of the whole document, whatever was cut for the model', async () => {
  const document = `${'Nothing of the kind. '.repeat(50)} The Eiffel Tower.`;
  const [score] = await two.score({ document, queries: [query], maxTokensPerDoc: 4 });
  expect(score).toMatchObject({ truncated: true, documentTokens: 4 });
  expect(score?.lexicalMatch).toBe(lexicalMatch(queryWeights(query), contentWords(document)));
  expect(score?.lexicalMatch).toBeGreaterThan(0.3);
});

it('has constants for the default model as it is shipped', () => {
  expect(findBaseCalibration(two.info.modelFingerprint)).not.toBeNull();
});
