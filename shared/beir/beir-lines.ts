import { z } from 'zod';

/** A line of `corpus.jsonl`; other fields are passed over. */
export const beirDocumentSchema = z.object({ _id: z.string().min(1), title: z.string().nullish(), text: z.string() });

/** A line of `queries.jsonl`. */
export const beirQuerySchema = z.object({ _id: z.string().min(1), text: z.string().min(1) });

export interface BeirJudgement {
  readonly queryId: string;
  readonly documentId: string;
  /** Above 0: relevant. */
  readonly gain: number;
}

/** What a line of judgements that is none is told, behind its number. */
export const judgementForm = 'is not "query<TAB>document<TAB>gain" with an integer gain';

/** Line `number` (from 1) of `qrels/SPLIT.tsv`, without its end; `nothing`: blank, or the header that the first line may be; undefined: no such line. */
export function parseBeirJudgement(text: string, number: number): BeirJudgement | 'nothing' | undefined {
  if (text.trim() === '' || (number === 1 && text.startsWith('query-id'))) return 'nothing';
  const [queryId, documentId, gainText, ...more] = text.split('\t');
  const gain = Number(gainText);
  if (!queryId || !documentId || !gainText || more.length > 0 || !Number.isInteger(gain)) return undefined;
  return { queryId, documentId, gain };
}
