import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createAdapterClient } from '#edge/testing/adapter-calls.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';

/** A tenant whose adapter `tickets` has so many versions. */
async function withVersions(tenantId: string, count: number) {
  const client = await createAdapterClient(tenantId);
  for (let version = 1; version <= count; version += 1) await client.put('tickets', `version ${version}`);
  const path = '/v1/adapters/tickets/aliases/prod';
  const move = (version: number, alias = 'prod') =>
    client.json('PUT', `/v1/adapters/tickets/aliases/${alias}`, { version });
  const rollBack = (body: object = {}) => client.json('POST', `${path}/rollback`, body);
  const remove = (version: number) => client.send('DELETE', `/v1/adapters/tickets/versions/${version}`);
  /** The digest that a rerank of this model is scored with. */
  const scoredBy = async (model: string) => {
    const { status } = await client.json('POST', '/v2/rerank', {
      model,
      query: 'q',
      documents: [`d ${Math.random()}`],
    });
    return status === 200 ? client.calls.at(-1)?.request.adapter?.digest : status;
  };
  return { ...client, path, move, rollBack, remove, scoredBy };
}

const digestOf = (version: number) => digestBody(new TextEncoder().encode(`version ${version}`));
const points = (version: number, previous_version: number | null) => ({
  status: 200,
  body: { object: 'adapter_alias', version, previous_version },
});

describe('an alias', () => {
  it('is what a rerank is scored with from the moment it moves', async () => {
    const { move, rollBack, scoredBy } = await withVersions('alias-moves', 2);
    expect(await move(1)).toMatchObject(points(1, null));
    expect(await scoredBy('tickets@prod')).toBe(await digestOf(1));
    expect(await move(2)).toMatchObject(points(2, 1));
    expect(await scoredBy('tickets@prod')).toBe(await digestOf(2));
    expect(await scoredBy('tickets@1')).toBe(await digestOf(1));
    expect(await scoredBy('tickets')).toBe(await digestOf(2));
    expect(await rollBack()).toMatchObject(points(1, null));
    expect(await scoredBy('tickets@prod')).toBe(await digestOf(1));
    for (const model of ['tickets@canary', 'tickets@3', 'tickets@', 'tickets@Prod', '@prod']) {
      expect(await scoredBy(model)).toBe(404);
    }
  });

  it('goes back move by move, past versions that are deleted, and not past the first', async () => {
    const { move, rollBack, remove } = await withVersions('alias-back', 4);
    for (const version of [1, 2, 2, 3, 4]) await move(version);
    expect(await remove(3)).toMatchObject({ status: 200, body: { deleted_versions: [3] } });
    expect(await rollBack()).toMatchObject(points(2, 1));
    expect(await rollBack()).toMatchObject(points(1, null));
    expect(await rollBack()).toMatchObject({ status: 409, body: { error: { code: 'no_previous_version' } } });
    expect(await move(4)).toMatchObject(points(4, 1));
  });

  it('goes back once, however often the call is repeated that says where from', async () => {
    const { move, rollBack } = await withVersions('alias-repeated', 3);
    for (const version of [1, 2, 3]) await move(version);
    expect(await rollBack({ from: 3 })).toMatchObject(points(2, 1));
    expect(await rollBack({ from: 3 })).toMatchObject({
      status: 409,
      body: {
        error: { code: 'alias_moved', message: expect.stringContaining('points at version 2, not at version 3') },
      },
    });
  });

  it('is removed with its history', async () => {
    const { move, rollBack, send, path, scoredBy } = await withVersions('alias-removed', 2);
    for (const version of [1, 2]) await move(version);
    expect(await send('DELETE', path)).toMatchObject({ status: 200, body: { id: 'tickets@prod' } });
    expect(await send('DELETE', path)).toMatchObject({ status: 404 });
    expect(await scoredBy('tickets@prod')).toBe(404);
    expect(await rollBack()).toMatchObject({ status: 404, body: { error: { code: 'adapter_not_found' } } });
    expect(await move(2)).toMatchObject(points(2, null));
  });

  it('points at nothing that is not there', async () => {
    const { move, remove, json } = await withVersions('alias-nowhere', 2);
    await remove(1);
    for (const version of [1, 3]) expect(await move(version)).toMatchObject({ status: 404 });
    for (const alias of ['3', 'Prod', 'a_b', '-', 'x'.repeat(33)]) {
      expect(await move(2, alias)).toMatchObject({ status: 400, body: { error: { param: 'alias' } } });
    }
    expect(await json('PUT', '/v1/adapters/tickets/aliases/prod', { version: '2' })).toMatchObject({ status: 400 });
    expect(await json('PUT', '/v1/adapters/tickets/aliases/prod', { version: 2, x: 1 })).toMatchObject({ status: 400 });
  });
});

describe('a deletion', () => {
  it('is refused while an alias points there, whatever else is deleted with it', async () => {
    const { move, remove, send, scoredBy } = await withVersions('delete-used', 2);
    await move(1);
    await move(1, 'canary');
    const refused = { status: 409, body: { error: { code: 'adapter_in_use' } } };
    expect(await remove(1)).toMatchObject(refused);
    const whole = await send('DELETE', '/v1/adapters/tickets');
    expect(whole).toMatchObject(refused);
    expect(whole.body['message']).toContain('"canary" (version 1), "prod" (version 1)');
    expect(await scoredBy('tickets@2')).toBe(await digestOf(2));
    expect(await remove(2)).toMatchObject({ status: 200 });
    expect(await remove(2)).toMatchObject({ status: 404 });
    expect(await scoredBy('tickets')).toBe(await digestOf(1));
  });

  it('of everything ends the name, and its numbers are not used again', async () => {
    const { send, put, scoredBy } = await withVersions('delete-all', 2);
    expect(await send('DELETE', '/v1/adapters/tickets')).toMatchObject({ body: { deleted_versions: [2, 1] } });
    for (const path of ['/v1/adapters/tickets', '/v1/adapters/tickets/versions', '/v1/adapters/tickets/versions/1']) {
      expect(await send('GET', path)).toMatchObject({ status: 404, body: { error: { code: 'adapter_not_found' } } });
    }
    expect(await send('DELETE', '/v1/adapters/tickets')).toMatchObject({ status: 404 });
    expect(await put('tickets', 'version 1')).toMatchObject({ body: { version: 3, created: true } });
    expect(await scoredBy('tickets@1')).toBe(404);
  });
});

describe('another tenant', () => {
  it('sees, scores with, points at and deletes nothing of it', async () => {
    const { move, dependencies, clock, objects, put } = await withVersions('owner', 2);
    await move(1);
    const stranger = await createAdapterClient('stranger', { dependencies, clock, objects });
    expect(await stranger.send('GET', '/v1/adapters')).toMatchObject({ status: 200, body: { data: [] } });
    const models = await stranger.send('GET', '/v1/models');
    expect(JSON.stringify(models.body)).not.toContain('tickets');
    const calls: [string, string, object?][] = [
      ['GET', '/v1/adapters/tickets'],
      ['GET', '/v1/adapters/tickets/versions'],
      ['GET', '/v1/adapters/tickets/versions/1'],
      ['PUT', '/v1/adapters/tickets/aliases/prod', { version: 2 }],
      ['POST', '/v1/adapters/tickets/aliases/prod/rollback', {}],
      ['DELETE', '/v1/adapters/tickets/aliases/prod'],
      ['DELETE', '/v1/adapters/tickets/versions/2'],
      ['DELETE', '/v1/adapters/tickets'],
      ['POST', '/v2/rerank', { model: 'tickets', query: 'q', documents: ['d'] }],
      ['POST', '/v2/rerank', { model: 'tickets@prod', query: 'q', documents: ['d'] }],
    ];
    for (const [method, path, body] of calls) {
      const answer = body === undefined ? stranger.send(method, path) : stranger.json(method, path, body);
      expect({ path, status: (await answer).status }).toEqual({ path, status: 404 });
    }
    expect(await stranger.put('tickets', 'its own')).toMatchObject({ body: { version: 1 } });
    expect(await put('tickets', 'version 3')).toMatchObject({ body: { version: 3 } });
    const { results } = await env.DB.prepare('SELECT version FROM adapter_alias_moves WHERE tenant_id = ?')
      .bind('owner')
      .all();
    expect(results).toEqual([{ version: 1 }]);
  });
});
