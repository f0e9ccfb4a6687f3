import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { freePort } from '#infra/local/processes/free-port.ts';
import { findTool } from '#infra/tools/tool-paths.ts';
import { findManifest, type Manifest } from '#test/support/render-chart.ts';

export interface Gateway {
  /** Where the edge calls. */
  readonly url: string;
  /** Where Prometheus and the probes ask. */
  readonly metricsUrl: string;
  readonly adminPort: number;
  /** Resolves once Envoy counts so many workers as healthy. */
  readonly healthyWorkers: (count: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The text of Envoy's configuration in the chart's ConfigMap. */
export function envoyConfiguration(manifests: readonly Manifest[]): string {
  const { data } = findManifest(manifests, 'ConfigMap', 'region-gateway');
  return z.object({ 'envoy.yaml': z.string() }).parse(data)['envoy.yaml'];
}

/**
 * Starts Envoy as the chart sets it up, on free ports of this machine and with `workers` (addresses of one port, as pods have) for what the name of the
 * workers' service would resolve to. Nothing else of the configuration is changed.
 */
export async function startGateway(
  manifests: readonly Manifest[],
  workers: readonly string[],
  workerPort: number,
): Promise<Gateway> {
  const ports = new Map<number, number>([[8790, workerPort]]);
  for (const port of [8443, 9901, 9902]) ports.set(port, await freePort(0, false));
  const configuration = parse(envoyConfiguration(manifests), { merge: true });
  const pods = configuration.static_resources.clusters[0].load_assignment.endpoints[0];
  const [pod] = pods.lb_endpoints;
  pods.lb_endpoints = workers.map((address) => {
    const own = structuredClone(pod);
    own.endpoint.address.socket_address.address = address;
    return own;
  });
  const folder = mkdtempSync(join(tmpdir(), 'hintrank-envoy-'));
  const path = join(folder, 'envoy.yaml');
  const text = stringify(configuration, { aliasDuplicateObjects: false });
  const moved = text
    .replace(/port_value: (\d+)/g, (_, port) => `port_value: ${ports.get(Number(port))}`)
    .replaceAll('address: 0.0.0.0', 'address: 127.0.0.1');
  writeFileSync(path, moved);
  const flags = [
    '--config-path',
    path,
    '--concurrency',
    '1',
    '--use-dynamic-base-id',
    '--log-level',
    'error',
    '--drain-time-s',
    '2',
  ];
  const child = spawn(findTool('envoy'), flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const metricsUrl = `http://127.0.0.1:${ports.get(9902)}`;
  const healthyWorkers = async (count: number) => {
    for (;;) {
      const text_ = await fetch(`${metricsUrl}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      if (text_.includes(`envoy_cluster_membership_healthy{envoy_cluster_name="workers"} ${count}\n`)) return;
      if (child.exitCode !== null)
        throw new Error(`Envoy ended with status ${child.exitCode}; standard error says why.`);
      await delay(50);
    }
  };
  return {
    url: `http://127.0.0.1:${ports.get(8443)}`,
    metricsUrl,
    adminPort: ports.get(9901) ?? 0,
    healthyWorkers,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
