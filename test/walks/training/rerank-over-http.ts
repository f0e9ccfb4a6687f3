import { callApi } from '#cli/api-client/call-api.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import type { WalkStage } from '#test/walks/training/walk-stage.ts';

export interface RerankQuestion {
  readonly query: string;
  readonly documents: readonly string[];
}

export interface WalkedRanking {
  /** The version that scored, as the answer names it. */
  readonly model: string | undefined;
  /** In the documents' order: nats per token. */
  readonly likelihoods: readonly number[];
}

const shown = 3;
const shownCharacters = 70;

/** `POST /v2/rerank`, scored anew; shows the first three. */
export async function rerankOverHttp(
  { connection, signal, say }: WalkStage,
  { query, documents }: RerankQuestion,
  model: string,
): Promise<WalkedRanking> {
  say(
    `\nPOST /v2/rerank {"model":"${model}","query":${JSON.stringify(query)},"documents":[${documents.length} passages]}`,
  );
  const answer = await callApi(connection, {
    method: 'POST',
    path: '/v2/rerank',
    body: { model, query, documents },
    headers: { 'cache-control': 'no-store' },
    schema: rerankResponseSchema,
    signal,
  });
  say(`  scored by ${answer.model}`);
  for (const { index, relevance_score: score } of answer.results.slice(0, shown))
    say(`  ${score.toFixed(4)}  ${(documents[index] ?? '').slice(0, shownCharacters)}…`);
  const inOrder = answer.results.toSorted((left, right) => left.index - right.index);
  return { model: answer.model, likelihoods: inOrder.map((result) => result.mean_log_likelihood ?? Number.NaN) };
}
