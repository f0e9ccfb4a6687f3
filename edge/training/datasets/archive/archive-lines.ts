import { z } from 'zod';
import { describeIssue } from '#edge/rerank/describe-issue.ts';
import { decodeLine, notUtf8, parseJsonLine } from '#edge/training/datasets/parse-json-line.ts';
import {
  type BeirJudgement,
  beirDocumentSchema,
  beirQuerySchema,
  judgementForm,
  parseBeirJudgement,
} from '#shared/beir/beir-lines.ts';
import { limits } from '#shared/limits.ts';

/** What the trainer reads, within the limits of requests. */
const documentSchema = beirDocumentSchema.extend({
  title: z.string().max(limits.documentCharactersMax).nullish(),
  text: z.string().max(limits.documentCharactersMax),
});
const querySchema = beirQuerySchema.extend({ text: z.string().trim().min(1).max(limits.queryCharactersMax) });

/** `bad` — in a clause, without the texts of the line. */
export type CheckedRecord<Value> =
  | { readonly kind: 'record'; readonly value: Value }
  | { readonly kind: 'blank' }
  | { readonly kind: 'bad'; readonly reason: string };

/** A line of `corpus.jsonl`. */
export function checkDocumentLine(bytes: Uint8Array): CheckedRecord<z.output<typeof documentSchema>> {
  return checkRecord(bytes, documentSchema);
}

/** A line of `queries.jsonl`. */
export function checkQueryLine(bytes: Uint8Array): CheckedRecord<z.output<typeof querySchema>> {
  return checkRecord(bytes, querySchema);
}

/** Line `number` of `qrels/….tsv`. */
export function checkJudgementLine(bytes: Uint8Array, number: number): CheckedRecord<BeirJudgement> {
  const text = decodeLine(bytes);
  if (text === undefined) return { kind: 'bad', reason: notUtf8 };
  const judgement = parseBeirJudgement(text.endsWith('\r') ? text.slice(0, -1) : text, number);
  if (judgement === 'nothing') return { kind: 'blank' };
  return judgement === undefined ? { kind: 'bad', reason: judgementForm } : { kind: 'record', value: judgement };
}

function checkRecord<Schema extends z.ZodType>(bytes: Uint8Array, schema: Schema): CheckedRecord<z.output<Schema>> {
  const read = parseJsonLine(bytes);
  if (read.kind !== 'object') return read;
  const parsed = schema.safeParse(read.value);
  if (parsed.success) return { kind: 'record', value: parsed.data };
  const [issue] = parsed.error.issues;
  const reason = issue === undefined ? 'is not valid' : describeIssue(issue, read.value, (field) => field);
  return { kind: 'bad', reason };
}
