/** A JSON object as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

const booleanFields = new Set(['return_documents', 'raw_scores', 'truncation', 'explain', 'receipt']);

/** Fields for which some clients write 0 for "no value". `top_n: 0` needs no entry: the schema itself takes it as "all". */
const zeroMeansAbsent = new Set(['max_tokens_per_doc', 'max_chunks_per_doc']);

/**
 * What clients of the imitated APIs send, in canonical form: null is absent (Dify sends `top_n: null`), "true" is true (RAGFlow),
 * `max_tokens_per_doc: 0` is absent (vLLM), one document is a list of one (vLLM), the name of a fusion is one without settings. Everything else is left for the schema to judge.
 */
export function normaliseRerankBody(body: JsonObject): JsonObject {
  const entries = Object.entries(body)
    .filter(([field, value]) => value !== null && !(zeroMeansAbsent.has(field) && value === 0))
    .map(([field, value]): [string, unknown] => {
      if (booleanFields.has(field)) return [field, toBoolean(value)];
      if (field === 'documents' && typeof value === 'string') return [field, [value]];
      if (field === 'fusion' && typeof value === 'string') return [field, { method: value }];
      return [field, value];
    });
  return Object.fromEntries(entries);
}

function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim().toLowerCase();
  if (text === 'true') return true;
  return text === 'false' ? false : value;
}
