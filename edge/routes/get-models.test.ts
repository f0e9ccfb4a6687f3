import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { seedAdapter, seedKey } from '#edge/testing/seed-database.ts';
import { modelsResponseSchema } from '#shared/protocol/models-response.ts';

async function listModels(tenantId: string, modelAliases: ReadonlyMap<string, string> = new Map()) {
  const { app } = createTestApp({ environment: { modelAliases } });
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

  it('lists mapped names that lead the tenant to a model, marked as such, and not the adapters that they hide', async () => {
    const aliases = new Map([
      ['rerank-v3.5', 'smollm2-135m-instruct'],
      ['hidden', 'smollm2-135m-instruct'],
      ['rerank-tickets', 'tickets@1'],
      ['rerank-nothing', 'tickets@9'],
    ]);
    await seedAdapter('mapper', 'tickets', 1);
    await seedAdapter('mapper', 'hidden', 1);
    const mapped = { object: 'model', created: 0, owned_by: 'hintrank' };
    const toBase = { ...mapped, alias_of: 'smollm2-135m-instruct' };
    const [base, tickets, ...names] = await listModels('mapper', aliases);
    expect([base?.id, tickets?.id]).toEqual(['smollm2-135m-instruct', 'tickets']);
    expect(names).toEqual([
      { ...toBase, id: 'hidden' },
      { ...mapped, id: 'rerank-tickets', alias_of: 'tickets@1' },
      { ...toBase, id: 'rerank-v3.5' },
    ]);
    const ofNobody = await listModels('somebody-else', aliases);
    expect(ofNobody.map(({ id }) => id)).toEqual(['smollm2-135m-instruct', 'hidden', 'rerank-v3.5']);
  });
});
