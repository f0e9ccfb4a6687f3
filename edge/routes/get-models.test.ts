import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { seedAdapter, seedKey } from '#edge/testing/seed-database.ts';
import { modelsResponseSchema } from '#shared/protocol/models-response.ts';

async function listModels(tenantId: string) {
  const { app } = createTestApp();
  const headers = { authorization: `Bearer ${await seedKey({ tenantId })}` };
  const response = await app.request('/v1/models', { headers }, { DB: env.DB });
  expect(response.status).toBe(200);
  return modelsResponseSchema.parse(await response.json()).data;
}

describe('GET /v1/models: 200', () => {
  it('lists the base model alone for a tenant without adapters', async () => {
    expect(await listModels('newcomer')).toEqual([
      { id: 'smollm2-135m-instruct', object: 'model', created: 0, owned_by: 'hintrank' },
    ]);
  });

  it('lists the tenant’s own adapters by name with their versions, and nobody else’s', async () => {
    await seedAdapter('owner', 'zebra', 1);
    await seedAdapter('owner', 'apple', 1);
    await seedAdapter('owner', 'apple', 2);
    await seedAdapter('owner', 'of-another-base', 1, 'another-model');
    await seedAdapter('neighbour', 'secret', 1);
    const models = await listModels('owner');
    expect(models.map(({ id }) => id)).toEqual(['smollm2-135m-instruct', 'apple', 'zebra']);
    expect(models[1]).toMatchObject({
      version: 2,
      versions: [2, 1],
      owned_by: 'owner',
      created: 2,
      template: 'clean-1',
    });
  });
});
