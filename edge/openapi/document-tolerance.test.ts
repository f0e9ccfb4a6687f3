import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildOpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import { normaliseRerankBody } from '#edge/rerank/normalise-rerank-body.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { rerankRequestSchema } from '#shared/protocol/rerank-request.ts';

const documentedSchema = z.object({
  properties: z.record(z.string(), z.looseObject({})),
  required: z.array(z.string()),
});

async function readSchema(name: string) {
  const { components } = await buildOpenApiDocument(createTestApp().app);
  return documentedSchema.parse(components.schemas?.[name]);
}

/** Whether the JSON Schema of a field says that it takes null. */
const takesNull = (field: object) => JSON.stringify(field).includes('null');

describe('the documented form of a tolerant request', () => {
  it('takes null for every field that may be absent, as the parser does, and for no other', async () => {
    const { properties, required } = await readSchema('RerankRequest');
    for (const [name, field] of Object.entries(properties)) {
      const body = { query: 'q', documents: ['d'], [name]: null };
      const parsed = rerankRequestSchema.safeParse(normaliseRerankBody(body));
      expect([name, parsed.success]).toEqual([name, takesNull(field)]);
      expect([name, takesNull(field)]).toEqual([name, !required.includes(name)]);
    }
  });

  it('takes "true" where it takes true, as the parser does', async () => {
    const { properties } = await readSchema('RerankRequest');
    const booleans = Object.entries(properties).filter(([, field]) => JSON.stringify(field).includes('"boolean"'));
    expect(booleans.length).toBeGreaterThan(2);
    for (const [name, field] of booleans) {
      expect([name, normaliseRerankBody({ [name]: 'True' })[name]]).toEqual([name, true]);
      expect(JSON.stringify(field)).toContain('"True"');
    }
  });

  it('keeps what a field means, and leaves other schemas alone', async () => {
    const { properties } = await readSchema('RerankRequest');
    expect(properties['documents']).toMatchObject({
      description: expect.stringContaining('The candidates'),
      anyOf: [{ type: 'array' }, { type: 'string' }],
    });
    expect(properties['max_tokens_per_doc']).toMatchObject({ minimum: 0 });
    const { properties: key } = await readSchema('CreateApiKeyRequest');
    expect(key['name']).toMatchObject({ type: 'string' });
  });
});
