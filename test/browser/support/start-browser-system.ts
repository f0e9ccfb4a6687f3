import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, startLocalStack } from '#infra/local/local-stack.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { datasetSchema } from '#shared/protocol/dataset.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

/** Adapter that is uploaded besides the sample's. */
export const uploadedAdapter = 'tiny-hints';

export interface BrowserSystem extends Pick<LocalStack, 'url' | 'apiKey' | 'workerProcessIds'> {
  stop(): Promise<void>;
}

/** The whole local stack over a random model that scores within milliseconds, with an adapter that fits it. */
export async function startBrowserSystem(): Promise<BrowserSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-browser-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const modelPath = join(folder, 'model');
    await mkdir(modelPath);
    writeTinyTextModel(modelPath);
    const stack = await startLocalStack(
      {
        port: 0,
        workers: 1,
        precision: 'fp32',
        training: false,
        modelPath,
        stateFolder: join(folder, 'state'),
        say: () => undefined,
      },
      new AbortController().signal,
    );
    try {
      await uploadAdapter(stack);
      await submitTraining(stack);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return { ...stack, stop: () => stack.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function uploadAdapter(stack: LocalStack): Promise<void> {
  const file = writeAdapterFile(smallRetrieveAdapter(tinyTextHiddenSize), { storage: 'fp32' });
  await send(stack, 'PUT', `/v1/adapters/${uploadedAdapter}`, Buffer.from(file));
}

/** A job that waits for ever: no worker trains here. */
async function submitTraining(stack: LocalStack): Promise<void> {
  const line = (index: number) => JSON.stringify({ query: `query ${index}`, relevant_passages: [`passage ${index}`] });
  const lines = Array.from({ length: 40 }, (_, index) => `${line(index)}\n`).join('');
  const dataset = datasetSchema.parse(await send(stack, 'POST', '/v1/datasets', lines));
  await send(stack, 'POST', '/v1/training-jobs', JSON.stringify({ dataset: dataset.id, adapter: uploadedAdapter }));
}

async function send(
  { url, apiKey }: LocalStack,
  method: string,
  path: string,
  body: NonNullable<RequestInit['body']>,
): Promise<unknown> {
  const headers = {
    Authorization: `Bearer ${apiKey}`,
    'Content-Type': path === '/v1/training-jobs' ? 'application/json' : 'application/octet-stream',
  };
  const response = await fetch(url + path, { method, headers, body });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
