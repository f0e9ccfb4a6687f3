import { expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { protectedRoutes } from '#edge/testing/route-table.ts';
import { createTrainingClient } from '#edge/testing/training-client.ts';

/** Routes that make an object of the caller's own under the name. */
const making: readonly string[] = ['PUT /v1/adapters/:name', 'POST /v1/adapters/:name/uploads'];

type Identified = Readonly<Record<string, unknown>>;

/** One tenant's objects of every kind, and the path of each route to them. */
async function ownEverything(tenantId: string, test: ReturnType<typeof createTestApp>) {
  const owner = await createTrainingClient(tenantId, test);
  const body = new TextEncoder().encode('an adapter');
  const headers = { 'content-length': String(body.length) };
  const stored = await owner.send('PUT', '/v1/adapters/tickets', { body, headers });
  const aliased = await owner.json('PUT', '/v1/adapters/tickets/aliases/prod', { version: 1 });
  expect([stored.status, aliased.status]).toEqual([200, 200]);
  const begun = await owner.json('POST', '/v1/adapters/tickets/uploads', { bytes: 1, sha256: '0'.repeat(64) });
  const key = await owner.json('POST', '/v1/keys', { name: 'k', scopes: ['rerank'] });
  const dataset = await owner.addDataset();
  const job = await owner.submit(dataset.id);
  const idOf = ({ body: made }: { body: Identified }) => String(made['id'] ?? (made['key'] as Identified)['id']);
  const idBySegment: Readonly<Record<string, string>> = {
    keys: idOf(key),
    datasets: dataset.id,
    'training-jobs': job.id,
  };
  const pathTo = (template: string) =>
    template
      .replace(':name', 'tickets')
      .replace(':version', '1')
      .replace(':alias', 'prod')
      .replace(':upload', idOf(begun))
      .replace(':id', idBySegment[template.split('/')[2] ?? ''] ?? '');
  return { ...owner, pathTo };
}

const named = protectedRoutes.filter(({ route }) => route.includes(':') && !making.includes(route));

it('every route to an object answers 404 to another tenant with every scope, and leaves the object as it is', async () => {
  const test = createTestApp();
  const { pathTo, ...owner } = await ownEverything('tenants-owner', test);
  const stranger = await createTrainingClient('tenants-stranger', test);
  const reading = named.filter(({ route }) => route.startsWith('GET') && !/events|report/.test(route));
  const readAll = async () => {
    const answers = [];
    for (const { route } of reading) answers.push(await owner.send('GET', pathTo(route.split(' ')[1] ?? '')));
    return answers.map(({ status, body }) => ({ status, body }));
  };
  const before = await readAll();
  expect(before.map(({ status }) => status)).toEqual(reading.map(() => 200));
  for (const { route, json } of named) {
    const [method = '', template = ''] = route.split(' ');
    const path = pathTo(template);
    const answer = json ? await stranger.json(method, path, json.body) : await stranger.send(method, path);
    expect({ route, ...answer }).toMatchObject({
      route,
      status: 404,
      body: { error: { code: expect.stringMatching(/_not_found$/) } },
    });
  }
  expect(await readAll()).toEqual(before);
});
