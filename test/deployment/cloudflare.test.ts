import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWrangler } from '#infra/local/processes/start-wrangler.ts';
import { createApiKey } from '#shared/api-keys/api-key.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';
import { readShellBlocks } from '#test/support/read-shell-blocks.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

/** The section "Cloudflare" of docs/deploying.md, followed in its order on this machine, in a copy of the checkout. */
const folder = mkdtempSync(join(tmpdir(), 'hintrank-cloudflare-'));
const checkout = join(folder, 'checkout');
const state = join(folder, 'state');
const log = join(folder, 'commands.log');
const secret = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY';
const secrets = {
  WORKER_SIGNING_KEY: secret,
  API_KEY_PEPPER: secret,
  S3_ACCESS_KEY_ID: 'an id',
  S3_SECRET_ACCESS_KEY: 'a secret',
};
const minutes = 60_000;
let commands: string[];

/** Programs of the page become functions of the shell that rehearse them. */
const rehearsal = fileURLToPath(new URL('../support/rehearse-command.ts', import.meta.url));
const prelude = ['npx', 'npm', 'curl'].map((name) => `${name}() { "$NODE" "${rehearsal}" ${name} "$@"; }`).join('\n');

beforeAll(() => {
  const left = new Set(['node_modules', '.git', '.hintrank', '.wrangler']);
  cpSync(repositoryFolder, checkout, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(join(repositoryFolder, 'node_modules'), join(checkout, 'node_modules'));
  for (const path of [state, join(checkout, '.hintrank')]) mkdirSync(path);
  const page = readFileSync(join(repositoryFolder, 'docs/deploying.md'), 'utf8');
  const script = [prelude, ...readShellBlocks(page, '## Cloudflare')].join('\n');
  const settings = { NODE: process.execPath, REHEARSAL_LOG: log, REHEARSAL_STATE: state, KEY: 'k', BOOKMARK: 'b' };
  execFileSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: checkout,
    env: { ...process.env, ...secrets, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  commands = readFileSync(log, 'utf8').trim().split('\n');
}, 10 * minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const done = (how: string) =>
  commands.filter((line) => line.startsWith(`${how}: `)).map((line) => line.slice(how.length + 2));

describe('the page docs/deploying.md, section Cloudflare', () => {
  it('migrates and deploys, as far as that goes without an account', () => {
    expect(done('ran')).toEqual([
      'npm run deploy:dry-run',
      'npx wrangler d1 migrations apply DB --remote --env production',
      'npx wrangler deploy --env production --secrets-file .hintrank/production.env',
      'npx wrangler d1 migrations list DB --remote --env production',
      'npx wrangler d1 migrations apply DB --remote --env production',
      'npx wrangler deploy --env production --message 0.2.0',
    ]);
  });

  it('names commands and flags that the installed wrangler and hintrank have', () => {
    expect(done('checked').length).toBeGreaterThan(8);
    expect(done('passed over').filter((line) => !line.startsWith('curl '))).toEqual([]);
  });

  it('leaves no secret behind', () => {
    expect(existsSync(join(checkout, '.hintrank/production.env'))).toBe(false);
  });
});

describe('production of wrangler.toml', () => {
  it(
    'starts over the tables that the page made, and asks them for a key',
    async () => {
      const lines = Object.entries(secrets).map(([name, value]) => `${name}="${value}"\n`);
      writeFileSync(join(checkout, '.dev.vars.production'), lines.join(''));
      const edge = await startWrangler({
        configPath: join(checkout, 'wrangler.toml'),
        stateFolder: state,
        dataFolder: state,
        port: 0,
        logFile: join(folder, 'edge.log'),
        moreFlags: ['--env', 'production'],
        signal: new AbortController().signal,
      });
      try {
        expect((await fetch(`${edge.url}/health`)).status).toBe(200);
        const unknown = createApiKey((count) => crypto.getRandomValues(new Uint8Array(count)));
        const response = await fetch(`${edge.url}/v1/models`, { headers: { Authorization: `Bearer ${unknown}` } });
        const { error } = errorBodySchema.parse(await response.json());
        expect([response.status, error.code]).toEqual([401, 'unauthenticated']);
      } finally {
        await edge.stop(5_000);
      }
    },
    2 * minutes,
  );
});
