import type { TestProject } from 'vitest/node';
import { createEdgeFolder, startEdge } from '#test/support/start-edge.ts';
import { startWorkerProcess } from '#test/support/start-worker-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The edge that clients talk to: its URL without a path, and a key of the scope `rerank`. */
    readonly clientEdge: { readonly url: string; readonly apiKey: string };
  }
}

const baseModel = 'smollm2-135m-instruct';

/** Model names of the clients’ own that mean the base model; `rerank-english-v2.0` is LlamaIndex's default. */
const modelAliases = ['rerank-v3.5', 'rerank-english-v2.0'].map((name) => `${name}=${baseModel}`).join(',');

/**
 * Once for all clients, as Vitest's global set-up: the real edge in workerd over a worker's real HTTP service, which gives a shorter document a higher
 * score. Returns its end.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await createEdgeFolder();
  const options = { signingKey: folder.secrets.worker_signing_key, baseModel, documentMs: 0 };
  const worker = await startWorkerProcess(options);
  const variables = { GPU_WORKER_URLS: worker.url, BASE_MODEL: baseModel, MODEL_ALIASES: modelAliases };
  const { url, apiKey, stop } = await startEdge(folder, variables);
  provide('clientEdge', { url, apiKey });
  return async () => {
    worker.signal('SIGKILL');
    await stop();
  };
}
