import type { LocalStack } from '#infra/local/local-stack.ts';
import { curlLine } from '#infra/local/sample/curl-line.ts';
import { describeRanking } from '#infra/local/sample/describe-ranking.ts';
import { readSample, type Sample, sampleAdapterName } from '#infra/local/sample/read-sample.ts';
import { rerankSample } from '#infra/local/sample/rerank-sample.ts';

/** Passages in the curl line; few, so that it stays a line that one can read. */
const curlPassages = 3;

/** Reranks the sample with the base model and with the sample adapter, and shows both rankings and a call to go on with. */
export async function showSample(
  { url, apiKey }: Pick<LocalStack, 'url' | 'apiKey'>,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const sample = await readSample();
  say(`\nQuestion: ${sample.question}`);
  for (const model of [undefined, sampleAdapterName]) {
    const ranking = await rerankSample({ url, apiKey, sample, signal, ...(model === undefined ? {} : { model }) });
    say(`\n${describeRanking(sample, ranking)}`);
  }
  say(`\nTry it:\n${curlLine({ url, apiKey, body: curlBody(sample) })}`);
}

function curlBody(sample: Sample) {
  const documents = sample.passages.slice(0, curlPassages).map((passage) => passage.text);
  return { query: sample.question, documents, return_documents: true };
}
