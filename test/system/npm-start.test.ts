import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readSample } from '#infra/local/sample/read-sample.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import { unreachableUrl } from '#test/support/loopback-server.ts';
import { createTemporaryState, type TemporaryState } from '#test/support/start-local-system.ts';
import { descendantsOf, isAlive } from '#test/system/descendants-of.ts';

const startPath = fileURLToPath(new URL('../../infra/local/start.ts', import.meta.url));
const pollMs = 50;

let state: TemporaryState;
const started = new Set<ChildProcess>();

beforeAll(async () => {
  state = await createTemporaryState();
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});
afterAll(() => state.remove());

interface Start {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves with the exit status, after all output. */
  readonly ended: Promise<number | null>;
}

/** `npm start` with the test's own state folder. */
function npmStart(...args: string[]): Start {
  return npmStartWith({}, ...args);
}

function npmStartWith(variables: Record<string, string>, ...args: string[]): Start {
  const child = spawn(process.execPath, [startPath, '--state', state.folder, ...args], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

/** Waits until the start serves; fails with its output when it ends before. */
async function serving({ output, ended }: Start): Promise<void> {
  const end = ended.then((code) => Promise.reject(new Error(`ended with ${code}:\n${output()}`)));
  const line = (async () => {
    while (!output().includes('Serving on ')) await delay(pollMs);
  })();
  await Promise.race([line, end]);
  end.catch(() => undefined);
}

async function allEnded(processIds: readonly number[]): Promise<void> {
  while (processIds.some(isAlive)) await delay(pollMs);
}

describe('npm start -- --once', () => {
  it('reranks the sample with the answer first, exits with 0 and leaves neither processes nor a description', async () => {
    const run = npmStart('--once', '--port', '0');
    const { pid = 0 } = run.child;
    while (descendantsOf(pid).length < 3) await delay(pollMs);
    const descendants = descendantsOf(pid);
    expect(await run.ended, run.output()).toBe(0);
    const { question } = await readSample();
    expect(run.output()).toContain(`Question: ${question}`);
    expect(run.output()).toMatch(/smollm2-135m-instruct, 12 passages in \d+ ms\n.*\n {3}1 {6}3 {2}.*◀ answers it\n/);
    expect(run.output()).toMatch(/squad-sample@1, 12 passages in \d+ ms\n.*\n {3}1 {6}3 {2}.*◀ answers it\n/);
    await allEnded(descendants);
    expect(existsSync(join(state.folder, 'local.json'))).toBe(false);
  });
});

describe('npm start', () => {
  it('serves the curl line it prints, refuses a second start, and Ctrl-C ends every process', async () => {
    const run = npmStart('--port', '0');
    await serving(run);
    const line =
      run
        .output()
        .split('\n')
        .find((text) => text.startsWith('curl ')) ?? '';
    const { results } = rerankResponseSchema.parse(JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })));
    expect(results[0]?.document?.text).toContain('humid subtropical climate');

    const second = npmStart('--once', '--port', '0');
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `Hintrank already runs from ${state.folder} (process ${run.child.pid}); stop it, or use --state with another folder and --port.\n`,
    );

    const { url, api_key: key } = JSON.parse(await readFile(join(state.folder, 'local.json'), 'utf8'));
    expect(run.output()).toContain(`\n${url}/#key=${key}\n`);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>Hintrank playground</title>');

    const descendants = descendantsOf(run.child.pid ?? 0);
    expect(descendants.length).toBeGreaterThan(3);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    await allEnded(descendants);
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    expect(existsSync(join(state.folder, 'local.json'))).toBe(false);
  });

  it('leaves no process when it is killed itself, and starts over what it left, with the same key', async () => {
    const killed = npmStart('--port', '0');
    await serving(killed);
    const before = JSON.parse(await readFile(join(state.folder, 'local.json'), 'utf8'));
    const descendants = descendantsOf(killed.child.pid ?? 0);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await allEnded(descendants);

    const next = npmStart('--port', new URL(before.url).port);
    await serving(next);
    const after = JSON.parse(await readFile(join(state.folder, 'local.json'), 'utf8'));
    expect([after.url, after.api_key]).toEqual([before.url, before.api_key]);
    next.child.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  });

  it('says in one sentence that the port is taken', async () => {
    const server = (await import('node:http')).createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const run = npmStart('--once', '--port', String(port));
    expect(await run.ended).toBe(1);
    expect(run.output()).toBe(
      `Port ${port} is taken by another process; free it, or choose another with --port (0: any free one).\n`,
    );
    server.close();
  });

  it('says in one sentence that the model is missing and cannot be fetched', async () => {
    const home = join(state.folder, 'empty-home');
    const offline = { HINTRANK_HOME: home, PIP_INDEX_URL: `${await unreachableUrl()}/simple`, PIP_EXTRA_INDEX_URL: '' };
    const run = npmStartWith(offline, '--once', '--port', '0');
    expect(await run.ended).toBe(1);
    expect(run.output().trim().split('\n').slice(1)).toEqual([
      expect.stringMatching(/^The default model could not be downloaded .* check the network .*--model PATH\.$/),
    ]);
  });

  it('says in one sentence that the model is not there, or that a worker cannot load it', async () => {
    const missing = npmStart('--once', '--port', '0', '--model', '/no/such/model.gguf');
    expect(await missing.ended).toBe(1);
    expect(missing.output()).toContain('"/no/such/model.gguf"');
    expect(missing.output().trim().split('\n')).toHaveLength(1);

    const broken = join(state.folder, 'broken.gguf');
    await writeFile(broken, 'GGUF, but not really');
    const run = npmStart('--once', '--port', '0', '--model', broken);
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(/\nGPU worker 1 could not start: .*broken\.gguf.*\.\n$/);
  });
});
