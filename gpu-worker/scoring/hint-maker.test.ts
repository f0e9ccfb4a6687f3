import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { drawHintTokens } from '#gpu-worker/q-peft/draw-hint-tokens.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { HintMaker, HintSessions } from '#gpu-worker/scoring/hint-maker.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-hint-maker-'));
const sessions = new HintSessions(tinyTextHiddenSize);
let model: FrozenModel;
beforeAll(() => {
  model = openModel(writeTinyTextModel(join(folder, 'model')));
});
afterAll(async () => {
  model.close();
  await sessions.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Tokens that stand in both have similarity 1, in the query's order; 70 is in the document alone. */
const query = [40, 30, 50];
const document = [50, 70, 30, 40];
const tokens = { specialIds: new Set<number>(), isStopWord: () => false, hasLetter: () => true };

async function select(changes: Partial<AdapterConfig>): Promise<number[]> {
  const adapter = smallRetrieveAdapter(tinyTextHiddenSize, undefined, changes);
  const runner = await sessions.runnerFor(adapter);
  if (runner === null) throw new Error('a retrieving adapter has a session');
  return new HintMaker(adapter, new EmbeddingTable(model.source), runner, tokens).select(query, document);
}

describe('the hints of an adapter', () => {
  it('stand in the order that its configuration states; without one, by similarity', async () => {
    expect(await select({})).toEqual([40, 30, 50]);
    expect(await select({ hintOrder: 'similarity' })).toEqual([40, 30, 50]);
    expect(await select({ hintOrder: 'query' })).toEqual([40, 30, 50]);
    expect(await select({ hintOrder: 'document' })).toEqual([50, 30, 40]);
  });

  it('are drawn from the document where it says that they are random', async () => {
    expect(await select({ hintChoice: 'similar' })).toEqual([40, 30, 50]);
    expect(await select({ hintChoice: 'random', k: 8 })).toEqual(drawHintTokens(query, document, 8));
  });
});
