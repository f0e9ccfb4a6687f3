import type { JsonSchema } from '#edge/openapi/describe-schema.ts';
import { bodySchema, type Operation } from '#edge/openapi/group-operations.ts';

export interface CurlRequest {
  /** `https://rerank.example.com` */
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** The document's components, which bodies refer to. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** A curl command for a route, of the examples in its description; the API key comes from the environment. To be pasted into a POSIX shell. */
export function curlExample({ origin, method, path, operation, schemas }: CurlRequest): string {
  const lines = [`curl${method === 'GET' ? '' : ` -X ${method}`} ${quote(origin + fillIn(path, operation))}`];
  if (operation.security !== undefined) lines.push('-H "Authorization: Bearer $HINTRANK_API_KEY"');
  const { requestBody } = operation;
  const [mediaType] = Object.keys(requestBody?.content ?? {});
  if (requestBody !== undefined && mediaType !== undefined) {
    const schema = bodySchema(requestBody);
    lines.push(`-H ${quote(`Content-Type: ${mediaType}`)}`);
    lines.push(
      schema === undefined ? '--data-binary @FILE' : `-d ${quote(JSON.stringify(exampleOf(schema, schemas)))}`,
    );
  }
  return lines.join(' \\\n  ');
}

/** The path with its parameters' examples, and with those of the query that must be there. */
function fillIn(path: string, { parameters = [] }: Operation): string {
  const text = (value: unknown) => encodeURIComponent(String(value ?? ''));
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((known, { name, example }) => known.replace(`{${name}}`, text(example)), path);
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map(({ name, example }) => `${text(name)}=${text(example)}`);
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

/** Of an object: the fields that it must have. Of alternatives: the first. */
function exampleOf(schema: JsonSchema, schemas: CurlRequest['schemas']): unknown {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return exampleOf(schemas[name] ?? {}, schemas);
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf?.[0] !== undefined) return exampleOf(schema.anyOf[0], schemas);
  if (schema.properties !== undefined) {
    const { properties, required = [] } = schema;
    return Object.fromEntries(required.map((field) => [field, exampleOf(properties[field] ?? {}, schemas)]));
  }
  return schema.items === undefined ? null : [exampleOf(schema.items, schemas)];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
