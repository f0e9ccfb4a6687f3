import { describe, expect, it } from 'vitest';
import { curlExample } from '#edge/openapi/curl-example.ts';
import type { Operation } from '#edge/openapi/group-operations.ts';

const origin = 'https://rerank.example.com';
const schemas = {
  Rerank: {
    properties: {
      query: { examples: ["What's new?"] },
      documents: { items: { properties: { text: { examples: ['Nothing.'] } }, required: ['text'] } },
      top_n: { examples: [3] },
    },
    required: ['query', 'documents'],
  },
};
const curl = (method: string, path: string, operation: Operation) =>
  curlExample({ origin, method, path, operation, schemas });

describe('a curl example', () => {
  it('of a public route is its URL alone', () => {
    expect(curl('GET', '/health', {})).toBe("curl 'https://rerank.example.com/health'");
  });

  it('has the key, what the path and the query must have, and no more', () => {
    const operation: Operation = {
      security: [{}],
      parameters: [
        { in: 'path', name: 'name', example: 'a b' },
        { in: 'query', name: 'day', required: true, example: '2026-11-23' },
        { in: 'query', name: 'limit', example: 5 },
      ],
    };
    expect(curl('DELETE', '/v1/things/{name}', operation)).toBe(
      [
        "curl -X DELETE 'https://rerank.example.com/v1/things/a%20b?day=2026-11-23'",
        '-H "Authorization: Bearer $HINTRANK_API_KEY"',
      ].join(' \\\n  '),
    );
  });

  it('has the required fields of the first form of the body, safe for a shell', () => {
    const schema = { anyOf: [{ $ref: '#/components/schemas/Rerank' }, { const: 1 }] };
    const operation = { requestBody: { content: { 'application/json': { schema } } } };
    expect(curl('POST', '/v2/rerank', operation)).toContain(
      `-d '{"query":"What'\\''s new?","documents":[{"text":"Nothing."}]}'`,
    );
  });

  it('sends a file where the body is one', () => {
    const operation = { requestBody: { content: { 'application/octet-stream': { schema: { type: 'string' } } } } };
    expect(curl('PUT', '/v1/adapters/x', operation)).toMatch(
      /-H 'Content-Type: application\/octet-stream' \\\n {2}--data-binary @FILE$/,
    );
  });
});
