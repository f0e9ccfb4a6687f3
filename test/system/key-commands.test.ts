import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '#cli/command-line/run-command-line.ts';
import { isWellFormedApiKey } from '#shared/api-keys/api-key.ts';
import { createdKeyResponseSchema, keyListResponseSchema } from '#shared/protocol/key-response.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { type LocalEdge, startLocalEdge } from '#test/support/start-local-edge.ts';
import { testIo } from '#test/support/test-io.ts';

let home: string;
let edge: LocalEdge;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hintrank-keys-'));
  edge = await startLocalEdge(home);
});
afterAll(async () => {
  await edge.stop();
  await rm(home, { recursive: true, force: true });
});

/** Runs `hintrank key …` against the edge of this file with the key, or as on the machine of the local stack. */
function key(words: readonly string[], apiKey?: string) {
  const remote = apiKey === undefined ? {} : { HINTRANK_URL: edge.url, HINTRANK_API_KEY: apiKey };
  return runHintrank(['key', ...words], '', { HINTRANK_HOME: home, ...remote });
}

async function created(words: readonly string[], apiKey?: string) {
  const { exitCode, stdout, stderr } = await key([...words, '--json'], apiKey);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return createdKeyResponseSchema.parse(JSON.parse(stdout));
}

const statusOf = async (apiKey: string) =>
  (await fetch(`${edge.url}/v1/models`, { headers: { authorization: apiKey } })).status;

/** The same without a process of its own, which takes a second each. */
async function keyInProcess(words: readonly string[], apiKey: string) {
  vi.stubEnv('HINTRANK_URL', edge.url);
  vi.stubEnv('HINTRANK_API_KEY', apiKey);
  const { io, stdout, stderr } = testIo();
  const exitCode = await runCommandLine(['key', ...words], io, { version: '0', debug: false });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}
afterEach(() => void vi.unstubAllEnvs());

describe('hintrank key', () => {
  it('bootstraps a tenant in the local database while the edge runs, and goes on over HTTP to the end of a key', async () => {
    const operator = await created([
      ...['create', '--database', 'local', '--tenant', 'acme', '--name', "the operator's", '--scopes', 'admin'],
    ]);
    expect(operator).toMatchObject({ tenant: 'acme', name: "the operator's", scopes: ['admin'], expires_at: null });

    const first = await key(['create', '--name', 'backend', '--scopes', 'rerank'], operator.key);
    const backend = first.stdout.trim();
    expect(isWellFormedApiKey(backend)).toBe(true);
    expect(first.stderr).toMatch(/^key_\w+ \(backend\) of acme for rerank; it never expires\./);
    expect(await statusOf(backend)).toBe(200);

    const listed = await key(['list', '--json'], operator.key);
    const [newest, oldest] = keyListResponseSchema.shape.data.parse(JSON.parse(listed.stdout));
    expect([newest?.name, oldest?.name]).toEqual(['backend', "the operator's"]);
    const id = newest?.id ?? '';

    const successor = await created(['rotate', id, '--overlap-hours', '0', '--expires-in-days', '30'], operator.key);
    expect(successor).toMatchObject({ name: 'backend', scopes: ['rerank'], replaces: id, status: 'active' });
    expect([await statusOf(backend), await statusOf(successor.key)]).toEqual([401, 200]);

    const revoked = await key(['revoke', successor.id], operator.key);
    expect(revoked.stdout).toContain(`${successor.id} (backend) is revoked since 20`);
    expect(await statusOf(successor.key)).toBe(401);

    const table = (await key(['list'], operator.key)).stdout.split('\n');
    expect(table[0]).toMatch(/^id +name +status +scopes +created +expires +requests\/min +tokens\/day +replaces$/);
    expect(table[1]).toMatch(/backend +revoked +rerank +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +default +any +key_/);
    expect(table[2]).toMatch(/backend +expired +rerank/);
    expect(table[3]).toMatch(/the operator's +active +admin/);
  });

  it('counts the keys that each pepper has, and names those that a rotation leaves', async () => {
    const all = await key(['peppers', '--database', 'local']);
    expect(all.stdout).toMatch(/^live keys\n +\d+ {2}under pepper 1 of 1, which new keys get\nAll keys are under/);

    const path = join(home, 'secrets.json');
    const before = await readFile(path, 'utf8');
    const secrets: Record<string, string> = JSON.parse(before);
    const peppers = `${'n'.repeat(32)},${secrets['api_key_pepper']}`;
    await writeFile(path, JSON.stringify({ ...secrets, api_key_pepper: peppers }));
    const rotating = await key(['peppers', '--database', 'local']);
    await writeFile(path, before);
    expect(rotating.stdout).toMatch(
      / 0 {2}under pepper 1 of 2, which new keys get\n +[1-9]\d* {2}under pepper 2 of 2\n/,
    );
    expect(rotating.stdout).toMatch(/Each moves there when it is next used:\nkey_local {2}local {2}npm start\n/);
  });

  it('uses the key of the local stack where nothing else is named, and sees that tenant only', async () => {
    const made = await created(['create', '--name', 'limited', '--scopes', 'rerank', '--requests-per-minute', '60']);
    expect(made).toMatchObject({ tenant: 'local', requests_per_minute: 60 });
    const { stdout } = await key(['list']);
    expect(stdout).toContain('npm start');
    expect(stdout).toContain(made.id);
    expect(stdout).not.toContain('operator');
  });

  it.each<[readonly string[], string, number, string]>([
    [
      ['create', '--name', 'k', '--scopes', 'rerank', '--requests-per-minute', '61'],
      'local',
      1,
      'one of 60, 600, 6,000',
    ],
    [['list'], 'hr_nonsense', 1, 'The API key is malformed'],
    [['revoke', 'key_nobody'], 'local', 1, 'There is no API key "key_nobody"'],
    [['list', '--url', 'http://rerank.example'], 'local', 2, 'The key would travel to rerank.example unencrypted'],
    [['list', '--url', 'http://127.0.0.1:1'], 'local', 1, 'http://127.0.0.1:1 does not answer: '],
    [['list', '--url', 'rerank.example'], 'local', 2, 'must begin with https:// or http://, not "rerank.example"'],
    [['revoke'], 'local', 2, 'Name the key by its id'],
    [['create', '--name', 'k', '--scopes', 'root'], 'local', 2, '--scopes must be one of rerank, adapters:read'],
    [['create', '--name', 'k', '--scopes', 'admin', '--tenant', 't'], 'local', 2, '--tenant needs --database'],
    [['create', '--name', 'k', '--scopes', 'admin', '--database', 'local'], 'local', 2, '--database needs --tenant'],
    [
      ['create', '--name', 'k', '--scopes', 'admin', '--database', 'remote', '--tenant', 't'],
      'local',
      2,
      'API_KEY_PEPPER',
    ],
  ])('%j ends with one sentence', async (words, apiKey, exitCode, sentence) => {
    const result = await keyInProcess(words, apiKey === 'local' ? edge.apiKey : apiKey);
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(exitCode === 2 ? 2 : 1);
    expect(result.stderr).not.toContain(edge.apiKey);
  });
});
