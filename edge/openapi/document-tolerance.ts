type JsonSchema = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, JsonSchema>>;

/** Requests of routes that imitate other APIs, as components of the document; `edge/rerank/normalise-rerank-body.ts` reads their bodies. */
const tolerantRequests = ['RerankRequest', 'TeiRerankRequest', 'ScoreRequest', 'ScoreQueriesRequest'];

/** Fields that hold the candidates: a text alone is a list of one. */
const documentFields = new Set(['documents', 'texts']);

/**
 * The document's schemas, where those of tolerant requests also say what is taken for the same (null for absent, "true" for true, 0 tokens for no limit,
 * one text for a list): what is parsed is the canonical form, which alone would say that these are refused.
 */
export function documentTolerance<Schema extends object>(schemas: Readonly<Record<string, Schema>>) {
  const tolerant = tolerantRequests.flatMap((name) => {
    const schema = schemas[name];
    return schema === undefined ? [] : [[name, tolerateFields(schema as JsonSchema) as Schema] as const];
  });
  return { ...schemas, ...Object.fromEntries(tolerant) };
}

/** Fields for which some clients write 0 for "no value". */
const zeroFields = new Set(['max_tokens_per_doc', 'max_chunks_per_doc']);

function tolerateFields(schema: JsonSchema): JsonSchema {
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  const fields = Object.entries((schema['properties'] ?? {}) as Schemas).map(([name, field]) => [
    name,
    tolerate(name, field, required.has(name)),
  ]);
  return { ...schema, properties: Object.fromEntries(fields) };
}

function tolerate(name: string, field: JsonSchema, required: boolean): JsonSchema {
  const { description, examples, default: absent, ...form } = field;
  const notes = { description, examples, ...(absent === undefined ? {} : { default: absent }) };
  if (documentFields.has(name) && form['type'] === 'array')
    return { anyOf: [form, { type: 'string', minLength: 1 }], ...notes };
  if (required) return field;
  if (form['type'] === 'boolean') {
    return { anyOf: [{ type: 'boolean' }, { enum: ['true', 'false', 'True', 'False'] }, { type: 'null' }], ...notes };
  }
  if (zeroFields.has(name)) return { ...form, minimum: 0, type: ['integer', 'null'], ...notes };
  if (Array.isArray(form['enum'])) return { enum: [...form['enum'], null], ...notes };
  if (typeof form['type'] === 'string') return { ...form, type: [form['type'], 'null'], ...notes };
  return { anyOf: [form, { type: 'null' }], ...notes };
}
