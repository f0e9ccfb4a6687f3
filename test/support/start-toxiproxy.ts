import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '#infra/local/processes/free-port.ts';
import { startProcess } from '#infra/local/processes/start-process.ts';

/** What toxiproxy does to the bytes of every connection; its documentation names types and attributes. */
export interface Toxic {
  readonly type: 'bandwidth' | 'latency' | 'limit_data' | 'reset_peer' | 'slow_close' | 'timeout';
  /** `upstream`: from the client to the server. */
  readonly stream: 'upstream' | 'downstream';
  /** Milliseconds, bytes, or kilobytes a second. */
  readonly attributes: Readonly<Record<string, number>>;
}

/** `down`: nobody listens, and connections that were open are cut. */
export type ProxyFault = 'none' | 'down' | readonly Toxic[];

export interface ToxicProxy {
  /** The server's URL through the proxy. */
  readonly url: string;
  /** Instead of the fault before; for connections that are open, too. */
  fail(fault: ProxyFault): Promise<void>;
}

export interface Toxiproxy {
  /** A proxy before the server of this URL. */
  before(name: string, url: string): Promise<ToxicProxy>;
  stop(): Promise<void>;
}

const guardPath = fileURLToPath(import.meta.resolve('#infra/local/processes/guard.ts'));

const pollMs = 20;

const proxySchema = z.object({ listen: z.string() });

/** Starts toxiproxy on a free loopback port. It ends with this process at the latest. */
export async function startToxiproxy(program: string): Promise<Toxiproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-toxiproxy-'));
  const port = await freePort(0, false);
  const server = startProcess({
    command: [process.execPath, guardPath, program, '-host', '127.0.0.1', '-port', String(port)],
    environment: { LOG_LEVEL: 'warn' },
    logFile: join(folder, 'toxiproxy.log'),
    onMessage: () => undefined,
  });
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...json });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy answered ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  while (!(await call('GET', '/version').catch(() => undefined))) {
    if (ended) throw new Error('toxiproxy ended while it started');
    await delay(pollMs);
  }
  return {
    before: (name, url) => addProxy(call, name, new URL(url)),
    stop: async () => {
      await server.stop(2_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addProxy(
  call: (method: string, path: string, body?: object) => Promise<unknown>,
  name: string,
  { host, pathname }: URL,
): Promise<ToxicProxy> {
  const proxy = { name, listen: '127.0.0.1:0', upstream: host, enabled: true };
  const { listen } = proxySchema.parse(await call('POST', '/proxies', proxy));
  let toxics: readonly Toxic[] = [];
  return {
    url: `http://${listen}${pathname === '/' ? '' : pathname}`,
    async fail(fault) {
      for (const { type } of toxics) await call('DELETE', `/proxies/${name}/toxics/${type}`);
      toxics = typeof fault === 'string' ? [] : fault;
      for (const toxic of toxics) await call('POST', `/proxies/${name}/toxics`, { ...toxic, name: toxic.type });
      await call('PATCH', `/proxies/${name}`, { enabled: fault !== 'down' });
    },
  };
}
