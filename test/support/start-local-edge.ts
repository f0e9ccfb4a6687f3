import { join } from 'node:path';
import { prepareLocalDatabase } from '#infra/local/database/prepare-local-database.ts';
import { writeEdgeConfiguration } from '#infra/local/edge/edge-configuration.ts';
import { simulatedObjectStore } from '#infra/local/edge/local-object-store.ts';
import { freePort } from '#infra/local/processes/free-port.ts';
import { startWrangler } from '#infra/local/processes/start-wrangler.ts';
import { readSampleAdapter } from '#infra/local/sample/read-sample.ts';
import { openStateFolder } from '#infra/local/state/state-folder.ts';

export interface LocalEdge {
  readonly url: string;
  /** The key of the tenant `local`, with every scope. */
  readonly apiKey: string;
  stop(): Promise<void>;
}

export interface WorkerBehind {
  readonly url: string;
  readonly baseModel: string;
  readonly signingKey: Uint8Array;
}

/** The edge of `npm start` in workerd with its database, over one worker or nobody. Described in the state folder as a running stack is. */
export async function startLocalEdge(stateFolder: string, worker?: WorkerBehind): Promise<LocalEdge> {
  const { signal } = new AbortController();
  const baseModel = worker?.baseModel ?? 'smollm2-135m-instruct';
  const state = await openStateFolder(stateFolder);
  const port = await freePort(0, false);
  const secrets =
    worker === undefined
      ? state.secrets
      : { ...state.secrets, worker_signing_key: Buffer.from(worker.signingKey).toString('base64url') };
  const folder = join(state.path, 'edge');
  const gpuWorkerUrls = [worker?.url ?? 'http://127.0.0.1:1'];
  const objectStore = simulatedObjectStore(port, secrets);
  const configPath = await writeEdgeConfiguration({ folder, secrets, gpuWorkerUrls, baseModel, objectStore });
  const adapter = await readSampleAdapter();
  await prepareLocalDatabase({ state, configPath, adapter, baseModel, signal, say: () => undefined });
  const logFile = join(state.logs, 'edge.log');
  const edge = await startWrangler({
    configPath,
    stateFolder: state.path,
    dataFolder: state.data,
    port,
    logFile,
    signal,
  });
  await state.describe({ url: edge.url, api_key: secrets.api_key, workers: gpuWorkerUrls });
  return {
    url: edge.url,
    apiKey: secrets.api_key,
    stop: async () => {
      await edge.stop(5_000);
      await state.release();
    },
  };
}
