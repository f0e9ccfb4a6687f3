import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import type { Sample } from '#infra/local/sample/read-sample.ts';
import { type RerankResult, rerankResponseSchema } from '#shared/protocol/rerank-response.ts';

export interface SampleRanking {
  /** As the API names it: the base model, or the adapter with its version. */
  readonly model: string;
  readonly results: readonly RerankResult[];
  /** Wall-clock milliseconds of the HTTP call. */
  readonly milliseconds: number;
}

export interface RerankSampleOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly sample: Sample;
  /** Absent: the base model. */
  readonly model?: string;
  readonly signal: AbortSignal;
}

/** Reranks the sample over the public API, as any client would. Throws LocalStackFault with the API's own message when it refuses. */
export async function rerankSample({
  url,
  apiKey,
  sample,
  model,
  signal,
}: RerankSampleOptions): Promise<SampleRanking> {
  const startedAtMs = performance.now();
  const response = await fetch(`${url}/v2/rerank`, {
    method: 'POST',
    // Kept scores of an earlier start would say nothing of what runs now.
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify({ model, query: sample.question, documents: sample.passages.map((passage) => passage.text) }),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new LocalStackFault(`The sample could not be reranked (status ${response.status}): ${text}`);
  const body = rerankResponseSchema.parse(JSON.parse(text));
  return { model: body.model, results: body.results, milliseconds: performance.now() - startedAtMs };
}
