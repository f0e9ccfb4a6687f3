import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type InvalidLineListener, refuseInvalidLine } from '#gpu-worker/evaluation/beir/read-records.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import { readLines } from '#gpu-worker/files/read-lines.ts';
import { judgementForm, parseBeirJudgement } from '#shared/beir/beir-lines.ts';

export function beirJudgementsPath(folder: string, split: string): string {
  return join(folder, 'qrels', `${split}.tsv`);
}

/** The judgements of `qrels/SPLIT.tsv`, with or without its header line; of two lines about one pair the later counts. Queries keep the order of the file. */
export async function readBeirJudgements(
  folder: string,
  split: string,
  onInvalidLine: InvalidLineListener = refuseInvalidLine,
): Promise<Judgements> {
  const path = beirJudgementsPath(folder, split);
  const judgements = new Map<string, Map<string, number>>();
  for await (const { number, text } of readLines(createReadStream(path), path)) {
    const judgement = parseBeirJudgement(text, number);
    if (judgement === 'nothing') continue;
    if (judgement === undefined) {
      onInvalidLine({ path, number, reason: ` ${judgementForm}` });
      continue;
    }
    const { queryId, documentId, gain } = judgement;
    const judged = judgements.get(queryId) ?? new Map<string, number>();
    judgements.set(queryId, judged.set(documentId, gain));
  }
  return judgements;
}

/** Whether some document is relevant: a query without any tells nothing about a ranking. */
export function hasRelevant(judged: ReadonlyMap<string, number> | undefined): boolean {
  return judged !== undefined && [...judged.values()].some((gain) => gain > 0);
}
