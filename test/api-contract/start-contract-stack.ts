import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, startLocalStack } from '#infra/local/local-stack.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { createAdapterApi } from '#test/system/adapters/adapter-api.ts';

/** The adapter that the document's examples name, with versions up to the number in them. */
const exampleAdapter = { name: 'support-tickets', versions: 3, alias: 'prod' };

/**
 * The whole product on this machine over a tiny random model, so that a score costs next to nothing, in a temporary folder that its stop removes. What
 * the examples of the OpenAPI document name is there.
 */
export async function startContractStack(signal: AbortSignal, say: (line: string) => void): Promise<LocalStack> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-contract-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const model = join(folder, 'model');
    await mkdir(model);
    const modelPath = writeTinyTextModel(model);
    const stateFolder = join(folder, 'state');
    const stack = await startLocalStack(
      { port: 0, workers: 1, training: false, precision: 'int8', modelPath, stateFolder, say },
      signal,
    );
    const stop = async () => {
      await stack.stop();
      await remove();
    };
    try {
      await uploadExamples(stack);
    } catch (error) {
      await stop();
      throw error;
    }
    return { ...stack, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function uploadExamples({ url, apiKey }: LocalStack): Promise<void> {
  const api = createAdapterApi(url, apiKey);
  const { name, versions, alias } = exampleAdapter;
  for (let version = 1; version <= versions; version += 1) {
    const adapter = smallRetrieveAdapter(tinyTextHiddenSize);
    adapter.mlp?.secondBias.fill(version / 10);
    await api.put(name, new Uint8Array(writeAdapterFile(adapter, { storage: 'fp32' })));
    await api.alias(name, alias, version);
  }
}
