import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { resolveTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import { readSampleTexts } from '#test/bench/read-sample-texts.ts';
import type { BenchmarkPair } from '#test/bench/score/benchmark-side.ts';

export interface Workload {
  /** The pairs of round `index`: one query against the documents, each with numbers in front that no other one of any round has, so that nothing is cached. */
  round(index: number): BenchmarkPair[];
  /** The documents of round `index` with query `query` (another one than the round's, for one that is asked later); each `newEvery`-th is one that no round has. */
  again(index: number, query: number, options?: AgainOptions): BenchmarkPair[];
  /** Means over the first round. */
  readonly documentTokens: number;
  readonly queryTokens: number;
}

export interface AgainOptions {
  /** Absent: no document is new. */
  readonly newEvery?: number;
  /** Questions that the query is made of, one if absent. */
  readonly questions?: number;
}

/** Real passages (90 to 130 words) and questions in the default template, tokenised by the model at `modelPath`. */
export async function buildWorkload(modelPath: string, documentCount: number): Promise<Workload> {
  const { passages: documents, queries } = await readSampleTexts();
  const model = await openModel(modelPath);
  const { tokenizer } = model;
  if (tokenizer === null) throw new Error(`${modelPath} has no tokenizer; the benchmark needs text.`);
  const template = resolveTemplate('clean-1', tokenizer);
  const tokenise = (document: string, query: string): BenchmarkPair => {
    const documentIds = tokenizer.encode(template.textPrefix + document);
    const before = [...template.start, ...template.instruction, ...template.passageOpen];
    return {
      document,
      query,
      promptIds: [...before, ...documentIds, ...template.documentClose, ...template.cue],
      targetIds: tokenizer.encode(template.textPrefix + query),
    };
  };
  let unseen = 0;
  const again = (index: number, queryIndex: number, options: AgainOptions = {}): BenchmarkPair[] => {
    const { newEvery = Number.POSITIVE_INFINITY, questions = 1 } = options;
    const asked = Array.from({ length: questions }, (_, next) => queries[(queryIndex + next) % queries.length]);
    const query = asked.join(' ');
    return Array.from({ length: documentCount }, (_, position) => {
      const isNew = position % newEvery === newEvery - 1;
      if (isNew) unseen += 1;
      // Passages are fewer than documents: without its own number, one that comes twice in a round would be kept the second time.
      const number = isNew ? `new ${unseen}` : `${index + 1}, ${position + 1}`;
      return tokenise(`${number}. ${documents[position % documents.length]}`, query);
    });
  };
  const round = (index: number): BenchmarkPair[] => again(index, index);
  const first = round(0);
  const mean = (count: (pair: BenchmarkPair) => number): number =>
    first.reduce((sum, pair) => sum + count(pair), 0) / first.length;
  const templateTokens = tokenise('', '').promptIds.length;
  return {
    round,
    again,
    documentTokens: mean((pair) => pair.promptIds.length) - templateTokens,
    queryTokens: mean((pair) => pair.targetIds.length),
  };
}
