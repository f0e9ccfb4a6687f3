import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSample } from '#infra/local/sample/read-sample.ts';
import { limits } from '#shared/limits.ts';
import { adapterSchema, adapterVersionListSchema } from '#shared/protocol/adapter-response.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import {
  createTemporaryState,
  type LocalSystem,
  startLocalSystem,
  type TemporaryState,
} from '#test/support/start-local-system.ts';
import { type AdapterApi, createAdapterApi, digestOf, errorOf, expectOk } from '#test/system/adapters/adapter-api.ts';
import { modelAdapter } from '#test/system/adapters/model-adapter.ts';

let state: TemporaryState;
let system: LocalSystem;
let api: AdapterApi;
let documents: string[];
let question: string;

beforeAll(async () => {
  state = await createTemporaryState();
  system = await startLocalSystem(state.folder);
  api = createAdapterApi(system.url, system.apiKey);
  const sample = await readSample();
  question = sample.question;
  documents = sample.passages.slice(0, 2).map((passage) => passage.text);
});
afterAll(async () => {
  await system.stop();
  await state.remove();
});

const scores = (model: string) => api.rerank(model, question, documents);

describe('the life of an adapter', () => {
  it('goes from upload over aliases, a new version and a roll back to its deletion', async () => {
    const [one, two] = [modelAdapter(1), modelAdapter(2)];
    const first = await api.put('life', one);
    expect(first).toMatchObject({ id: 'life@1', digest: digestOf(one), bytes: one.length, created: true });
    expect(first.details).toMatchObject({ method: 'retrieve', hidden_size: 576, changed_rows: 2 });

    const base = await scores('smollm2-135m-instruct');
    const byVersion = await scores('life@1');
    expect(byVersion.likelihoods).not.toEqual(base.likelihoods);

    expect(await api.alias('life', 'prod', 1)).toMatchObject({ version: 1, previous_version: null });
    expect(await scores('life@prod')).toEqual(byVersion);

    const second = await api.put('life', two);
    expect(second).toMatchObject({ version: 2, created: true });
    expect(await scores('life@prod')).toEqual(byVersion);
    const newest = await scores('life');
    expect(newest.model).toBe('life@2');
    expect(newest.likelihoods).not.toEqual(byVersion.likelihoods);

    expect(await api.alias('life', 'prod', 2)).toMatchObject({ version: 2, previous_version: 1 });
    expect(await scores('life@prod')).toEqual(newest);
    expect(await api.rollBack('life', 'prod')).toMatchObject({ version: 1, previous_version: null });
    expect(await scores('life@prod')).toEqual(byVersion);

    expect(adapterSchema.parse(expectOk(await api.call('GET', '/v1/adapters/life')))).toMatchObject({
      newest_version: 2,
      versions: [2, 1],
      aliases: [{ alias: 'prod', version: 1 }],
    });
    const listed = adapterVersionListSchema.parse(expectOk(await api.call('GET', '/v1/adapters/life/versions')));
    expect(listed.data.map(({ version, aliases }) => [version, aliases])).toEqual([
      [2, []],
      [1, ['prod']],
    ]);

    expect(errorOf(await api.call('DELETE', '/v1/adapters/life'))).toMatchObject({
      status: 409,
      error: { code: 'adapter_in_use', message: expect.stringContaining('"prod" (version 1)') },
    });
    expectOk(await api.call('DELETE', '/v1/adapters/life/aliases/prod'));
    expect(expectOk(await api.call('DELETE', '/v1/adapters/life'))).toMatchObject({ deleted_versions: [2, 1] });
    for (const model of ['life', 'life@1', 'life@prod']) {
      const gone = await api.json('POST', '/v2/rerank', { model, query: question, documents });
      expect(errorOf(gone)).toMatchObject({ status: 404, error: { code: 'model_not_found' } });
    }
  });
});

describe('hintrank adapter', () => {
  const hintrank = async (...words: string[]) => {
    const variables = { HINTRANK_API_KEY: system.apiKey, HINTRANK_URL: system.url };
    const { exitCode, stdout, stderr } = await runHintrank(['adapter', ...words], '', variables);
    return { exitCode, stdout, stderr };
  };

  it('pushes through the API and in parts to the store, points, rolls back, and deletes', async () => {
    const small = join(state.folder, 'small.safetensors');
    const large = join(state.folder, 'large.safetensors');
    await writeFile(small, modelAdapter(11));
    // More than one part of 16 MiB.
    await writeFile(large, modelAdapter(12, 14_000));
    expect((await readFile(large)).length).toBeGreaterThan(limits.adapterPartBytes);
    expect(await hintrank('push', small, '--name', 'cli', '--alias', 'prod')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^cli@1 is there now \(SHA-256 [0-9a-f]{64}\)\. cli@prod points at it\.\n$/),
    });
    expect(await hintrank('push', large, '--name', 'cli', '--direct')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`cli@2 is there now (SHA-256 ${digestOf(await readFile(large))})`),
    });
    expect((await hintrank('alias', 'cli@2', '--alias', 'prod')).stdout).toBe(
      'cli@prod points at version 2. A roll back goes to 1.\n',
    );
    expect((await hintrank('list')).stdout).toMatch(/\ncli +2 +2 +prod=2 /);
    expect((await hintrank('rollback', 'cli', '--alias', 'prod', '--from', '2')).stdout).toBe(
      'cli@prod points at version 1 again.\n',
    );
    expect((await hintrank('describe', 'cli')).stdout).toMatch(/\ncli@1 .* retrieve +clean-1 +prod /);
    const refused = await hintrank('delete', 'cli', '--all');
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('"prod" (version 1) points at it') });
    expect((await hintrank('alias', 'cli', '--alias', 'prod', '--remove')).stdout).toBe('cli@prod is gone.\n');
    expect((await hintrank('delete', 'cli@1')).stdout).toBe('cli: version 1 deleted.\n');
    expect(JSON.parse((await hintrank('inspect', small)).stdout)).toMatchObject({
      method: 'retrieve',
      hidden_size: 576,
    });
  });
});
