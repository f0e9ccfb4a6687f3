import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { protectedRoutes } from '#edge/testing/route-table.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';

/** What no field of any body takes, by the type of its good value. */
const wrongType = (good: unknown): unknown => (typeof good === 'object' ? 5 : { a: 1 });

/** In the place of each text of a good value, inside lists too. */
function replaceTexts(good: unknown, text: string): unknown {
  if (typeof good === 'string') return text;
  return Array.isArray(good) ? good.map((item) => replaceTexts(item, text)) : good;
}

const cases = protectedRoutes.flatMap(({ route, scope, json }) =>
  Object.entries(json?.body ?? {}).flatMap(([field, good]) => [
    { route, scope, body: json?.body, field, what: 'another type', value: wrongType(good) },
    ...['a secret \u0000', 'a secret \ud800']
      .map((text) => ({ what: JSON.stringify(text), value: replaceTexts(good, text) }))
      .filter(({ value }) => value !== good)
      .map((bad) => ({ route, scope, body: json?.body, field, ...bad })),
  ]),
);

describe('a field of a body that is not what it must be', () => {
  it.each(cases)('$route: $field, $what', async ({ route, scope, body, field, value }) => {
    const { app, logs } = createTestApp();
    const [method = '', template = ''] = route.split(' ');
    const headers = { authorization: await seedKey({ scopes: [scope] }), 'content-type': 'application/json' };
    const response = await app.request(
      template.replaceAll(/:\w+/g, 'nothing-of-this-name'),
      { method, headers, body: JSON.stringify({ ...body, [field]: value }) },
      { DB: env.DB },
    );
    const text = await response.text();
    expect({ status: response.status, text }).toMatchObject({
      status: expect.toSatisfy((status) => status >= 400 && status < 500),
    });
    const { error, message } = errorBodySchema.parse(JSON.parse(text));
    expect({ param: error.param, message }).toMatchObject({ param: expect.stringMatching(new RegExp(`^${field}`)) });
    expect(JSON.stringify(logs)).not.toContain('a secret');
  });
});
