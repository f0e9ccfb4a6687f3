import { describeIssue } from '#edge/rerank/describe-issue.ts';
import { type ParsedLine, parseJsonLine } from '#edge/training/datasets/parse-json-line.ts';
import { type DatasetLine, datasetLineSchema } from '#shared/protocol/dataset.ts';

export type CheckedLine =
  | { readonly kind: 'line'; readonly line: DatasetLine }
  | Exclude<ParsedLine, { readonly kind: 'object' }>;

/** Whether the bytes of one line, without its end, are a line of a dataset. */
export function checkDatasetLine(bytes: Uint8Array): CheckedLine {
  const read = parseJsonLine(bytes);
  if (read.kind !== 'object') return read;
  const parsed = datasetLineSchema.safeParse(read.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return bad(issue === undefined ? 'is not valid' : describeIssue(issue, read.value, (field) => field));
  }
  if (parsed.data.relevant_passages.every((passage) => passage.trim() === '')) {
    return bad('relevant_passages has no passage with text');
  }
  return { kind: 'line', line: parsed.data };
}

function bad(reason: string): CheckedLine {
  return { kind: 'bad', reason };
}
