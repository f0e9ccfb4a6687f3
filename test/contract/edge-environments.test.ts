import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Unstable_Config, unstable_readConfig } from 'wrangler';
import { type EdgeBindings, parseEnvironment } from '#edge/environment.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

/** What wrangler makes of `wrangler.toml` for this machine (no name) and for each environment that is deployed. */
const readEnvironment = (name: string): Unstable_Config =>
  unstable_readConfig({ config: join(repositoryFolder, 'wrangler.toml'), env: name }, { hideWarnings: true });

const local = readEnvironment('');
const deployed = ['staging', 'production'].map((name) => ({ name, configuration: readEnvironment(name) }));
const all = [local, ...deployed.map(({ configuration }) => configuration)];

const queuesOf = ({ queues }: Unstable_Config) => [
  ...(queues.producers ?? []).map(({ queue }) => queue),
  ...(queues.consumers ?? []).map(({ dead_letter_queue }) => dead_letter_queue ?? ''),
];

/** Everything that an environment does, without names, ids and the values of variables, which are its own. */
function shapeOf(configuration: Unstable_Config) {
  const { main, compatibility_date, compatibility_flags, assets, build, placement, observability, triggers } =
    configuration;
  const { producers, consumers } = configuration.queues;
  return {
    ...{ main, compatibility_date, compatibility_flags, assets, build, placement, observability, triggers },
    ratelimits: configuration.ratelimits.map(({ name, simple }) => ({ name, simple })),
    producers: producers?.map(({ binding }) => binding),
    consumers: consumers?.map(({ queue: _queue, dead_letter_queue: _dead, ...rest }) => rest),
    databases: configuration.d1_databases.map(({ binding, migrations_dir }) => ({ binding, migrations_dir })),
    others: [configuration.kv_namespaces, configuration.r2_buckets, configuration.services],
  };
}

describe.each(deployed)('the environment $name of wrangler.toml', ({ name, configuration }) => {
  it('has the bindings, limits, retries and triggers of this machine, for wrangler inherits only some of them', () => {
    expect(shapeOf(configuration)).toEqual(shapeOf(local));
    expect(configuration.name).toBe(`hintrank-edge-${name}`);
  });

  it('sends what it cannot do to the dead letters of its own queue', () => {
    const [queue, deadLetters] = queuesOf(configuration);
    expect(configuration.queues.consumers?.map((consumer) => consumer.queue)).toEqual([queue]);
    expect(deadLetters).toBe(`${queue}-dead`);
  });

  it('has every variable of this machine, and values that the edge starts with', () => {
    expect(Object.keys(configuration.vars)).toEqual(expect.arrayContaining(Object.keys(local.vars)));
    const required = configuration.secrets?.required ?? [];
    const secrets = Object.fromEntries(
      required.map((secret) => [secret, 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY']),
    );
    const limits = Object.fromEntries(configuration.ratelimits.map((each) => [each.name, { limit: () => undefined }]));
    const bindings = { ...configuration.vars, ...limits, DB: {} };
    expect(() => parseEnvironment({ ...bindings, ...secrets } as unknown as EdgeBindings)).not.toThrow();
    // A secret too few would be found by callers, as a 500; wrangler refuses to deploy without those that are listed.
    for (const missing of required) {
      const { [missing]: _gone, ...rest } = secrets;
      expect(() => parseEnvironment({ ...bindings, ...rest } as unknown as EdgeBindings)).toThrow(missing);
    }
  });
});

it('no environment shares a database, a queue or the counters of a limit with another', () => {
  const names = all.flatMap((configuration) => [
    ...configuration.d1_databases.flatMap((each) => [each.database_id ?? '', each.database_name ?? '']),
    ...queuesOf(configuration),
    ...configuration.ratelimits.map(({ namespace_id }) => namespace_id),
    ...(configuration.routes ?? []).map((route) => JSON.stringify(route)),
  ]);
  expect(names.filter((each, index) => names.indexOf(each) !== index)).toEqual([]);
});
