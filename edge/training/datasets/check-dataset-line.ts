import { jsonDepth } from '#edge/http/json-depth.ts';
import { describeIssue } from '#edge/rerank/describe-issue.ts';
import { limits } from '#shared/limits.ts';
import { type DatasetLine, datasetLineSchema } from '#shared/protocol/dataset.ts';

export type CheckedLine =
  | { readonly kind: 'line'; readonly line: DatasetLine }
  | { readonly kind: 'blank' }
  /** In a clause, without the texts of the line. */
  | { readonly kind: 'bad'; readonly reason: string };

/** Whether the bytes of one line, without its end, are a line of a dataset. */
export function checkDatasetLine(bytes: Uint8Array): CheckedLine {
  const text = decode(bytes);
  if (text === undefined) return bad('is not valid UTF-8');
  if (text.trim() === '') return { kind: 'blank' };
  if (jsonDepth(bytes) > limits.jsonDepthMax) return bad(`is nested deeper than ${limits.jsonDepthMax} levels`);
  const value = parse(text);
  if (value === undefined) return bad('is not valid JSON');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('is not a JSON object');
  const parsed = datasetLineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return bad(issue === undefined ? 'is not valid' : describeIssue(issue, value, (field) => field));
  }
  if (parsed.data.relevant_passages.every((passage) => passage.trim() === '')) {
    return bad('relevant_passages has no passage with text');
  }
  return { kind: 'line', line: parsed.data };
}

function bad(reason: string): CheckedLine {
  return { kind: 'bad', reason };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** undefined: not JSON. The runtime's own message would quote the line. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
