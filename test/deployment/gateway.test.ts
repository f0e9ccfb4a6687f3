import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { freePort } from '#infra/local/processes/free-port.ts';
import { monitoredQueries } from '#infra/monitoring/monitored-queries.ts';
import { metricNames } from '#infra/monitoring/query-names.ts';
import { findTool } from '#infra/tools/tool-paths.ts';
import { workerErrorSchema } from '#shared/protocol/worker-error.ts';
import { findManifest, renderChart } from '#test/support/render-chart.ts';
import { scalingQueries } from '#test/support/scaling-queries.ts';
import { envoyConfiguration, type Gateway, startGateway } from '#test/support/start-gateway.ts';

/** A worker as the gateway sees one: a probe, and calls that it answers with its own address. */
interface Pod {
  readonly server: Server;
  ready: boolean;
}

const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const shards = Array.from({ length: 120 }, (_, shard) => String(shard));
const manifests = renderChart({ profiles: ['profiles/cpu.yaml'], set: ['gateway.tls.existingSecret='] });

let gateway: Gateway;
const pods = new Map<string, Pod>();

beforeAll(async () => {
  const port = await freePort(0, false);
  for (const address of addresses) {
    const server = createServer((request, response) => {
      const ready = pods.get(address)?.ready === true;
      response.statusCode = request.url === '/ready' && !ready ? 503 : 200;
      response.end(address);
    });
    pods.set(address, { server, ready: true });
    await new Promise<void>((resolve) => server.listen(port, address, resolve));
  }
  gateway = await startGateway(manifests, addresses, port);
  await becomeReady(addresses);
});
afterAll(async () => {
  await gateway.stop();
  for (const { server } of pods.values()) {
    server.closeAllConnections();
    server.close();
  }
});

/** Makes these workers ready and the others not, and waits until calls go to them alone: Envoy's threads learn of it a moment after its counters. */
async function becomeReady(ready: readonly string[]): Promise<void> {
  for (const [address, pod] of pods) pod.ready = ready.includes(address);
  await gateway.healthyWorkers(ready.length);
  const expected = ready.length === 0 ? [noWorker] : ready;
  const settled = async () => expect([...new Set(await workersOfShards())].sort()).toEqual(expected);
  await vi.waitFor(settled, { timeout: 60_000 });
}

const noWorker = 'none';

async function workerOf(shard: string): Promise<string> {
  const headers = { 'X-Hintrank-Shard': shard };
  const answer = await fetch(`${gateway.url}/v1/score`, { method: 'POST', headers, body: '{}' });
  const text = await answer.text();
  return answer.status === 200 ? text : noWorker;
}

const workersOfShards = () => Promise.all(shards.map(workerOf));

describe("the region's gateway", () => {
  it('sends a shard always to the same worker, and shards to all workers', async () => {
    const first = await workersOfShards();
    expect(new Set(first)).toEqual(new Set(addresses));
    expect(await workersOfShards()).toEqual(first);
  });

  it('moves next to nothing but the shards of a worker that is not ready, and moves them back', async () => {
    const before = await workersOfShards();
    const [lost = '', ...left] = addresses;
    await becomeReady(left);
    const during = await workersOfShards();
    expect(new Set(during)).toEqual(new Set(left));
    const stayed = shards.filter((_, index) => before[index] !== lost && before[index] === during[index]);
    const had = before.filter((address) => address !== lost);
    expect(stayed.length / had.length).toBeGreaterThan(0.9);
    await becomeReady(addresses);
    expect(await workersOfShards()).toEqual(before);
  });

  it('answers at once in the words of a worker, with Retry-After, while none is ready', async () => {
    await becomeReady([]);
    const answer = await fetch(`${gateway.url}/v1/score`, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '15']);
    expect(workerErrorSchema.parse(await answer.json()).error.code).toBe('not_ready');
    await becomeReady(addresses);
  });

  it.each(['/metrics', '/ready', '/health', '/', '/v1/..%2fmetrics', '/v1/../metrics'])(
    'does not let %s through to a worker',
    async (path) => {
      const answer = await rawGet(gateway.url, path);
      expect([400, 404]).toContain(answer);
    },
  );

  it('shows what Prometheus, KEDA and the probes ask for, and nothing else of its administration', async () => {
    const metrics = await (await fetch(`${gateway.metricsUrl}/metrics`)).text();
    const asked = [...monitoredQueries(), ...scalingQueries()].flatMap(metricNames);
    const envoys = [...new Set(asked)].filter((name) => name.startsWith('envoy_'));
    expect(envoys.length).toBeGreaterThan(2);
    expect(envoys.filter((name) => !metrics.includes(`\n${name}{`))).toEqual([]);
    expect(metrics).toMatch(/^envoy_http_downstream_rq_total\{envoy_http_conn_manager_prefix="calls"\} \d+$/m);
    expect((await fetch(`${gateway.metricsUrl}/ready`)).status).toBe(200);
    for (const path of ['/quitquitquit', '/config_dump', '/'])
      expect((await fetch(`${gateway.metricsUrl}${path}`)).status).toBe(404);
  });

  it('is a configuration that Envoy takes with TLS as well', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hintrank-envoy-'));
    try {
      const path = join(folder, 'envoy.yaml');
      const secured = renderChart({ profiles: ['profiles/cpu.yaml'] });
      const { data } = findManifest(secured, 'ConfigMap', 'region-gateway');
      writeFileSync(
        join(folder, 'certificate.yaml'),
        z.object({ 'certificate.yaml': z.string() }).parse(data)['certificate.yaml'],
      );
      const text = envoyConfiguration(secured);
      expect(text).toContain('DownstreamTlsContext');
      writeFileSync(path, text.replaceAll('/etc/envoy-tls', folder).replaceAll('/etc/envoy/', `${folder}/`));
      const flags = ['--mode', 'validate', '--config-path', path, '--log-level', 'error', '--use-dynamic-base-id'];
      expect(execFileSync(findTool('envoy'), flags, { encoding: 'utf8' })).toContain('OK');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells connections to close before it ends, by the command of its preStop hook', async () => {
    const pod = findManifest(manifests, 'Deployment', 'region-gateway');
    const hook = z
      .object({
        spec: z.object({
          template: z.object({
            spec: z.object({
              containers: z.tuple([
                z.object({
                  lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }),
                }),
              ]),
            }),
          }),
        }),
      })
      .parse(pod).spec.template.spec.containers[0].lifecycle.preStop.exec.command;
    const [shell = '', ...rest] = hook.map((part) =>
      part.replace('9901', String(gateway.adminPort)).replace(/sleep \d+/, 'sleep 0'),
    );
    expect(execFileSync(shell, rest, { encoding: 'utf8' })).toMatch(/^HTTP\/1\.1 200 OK/);
    const closing = async () =>
      (await fetch(`${gateway.url}/v1/score`, { method: 'POST', body: '{}' })).headers.get('connection');
    // Envoy tells more and more of them as the time of its drain goes by.
    await expect.poll(closing, { timeout: 20_000 }).toBe('close');
  });
});

/** Status of a GET whose path is sent as it is: fetch would tidy it up. */
async function rawGet(url: string, path: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const call = request({ hostname, port, path, headers: { Connection: 'close' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end();
  });
}
