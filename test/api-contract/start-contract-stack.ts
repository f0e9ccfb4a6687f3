import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalObjectStore } from '#infra/local/edge/local-object-store.ts';
import { type LocalStack, startLocalStack } from '#infra/local/local-stack.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { type SeededTraining, seedTraining } from '#test/api-contract/seed-training.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { createAdapterApi } from '#test/system/adapters/adapter-api.ts';

/** The adapter that the document's examples name, with versions up to the number in them. */
const exampleAdapter = { name: 'support-tickets', versions: 3, alias: 'prod' };

export interface ContractStack extends LocalStack {
  readonly training: SeededTraining;
}

/** No job of the run is refused because others wait, and none is taken from its worker while the run lasts. */
const edgeVariables = { TRAINING_JOBS_QUEUED_MAX: '10000', TRAINING_LEASE_SECONDS: '3600' };

/** Id of the base model in the local stack. */
const baseModel = 'smollm2-135m-instruct';

/**
 * The whole product on this machine over a tiny random model, so that a score costs next to nothing, in a temporary folder that its stop removes. What
 * the examples of the OpenAPI document name is there.
 */
export async function startContractStack(signal: AbortSignal, say: (line: string) => void): Promise<ContractStack> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-contract-'));
  const s3 = await startLocalS3();
  const remove = async () => {
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const model = join(folder, 'model');
    await mkdir(model);
    const modelPath = writeTinyTextModel(model);
    const stateFolder = join(folder, 'state');
    const stack = await startLocalStack(
      {
        ...{ port: 0, workers: 1, training: false, precision: 'int8', modelPath, stateFolder, say },
        ...{ edgeVariables, objectStore: describeStore(s3) },
      },
      signal,
    );
    const stop = async () => {
      await stack.stop();
      await remove();
    };
    try {
      await uploadExamples(stack);
      const { url: edgeUrl, signingKey, apiKey } = stack;
      const adapter = new Uint8Array(writeAdapterFile(smallRetrieveAdapter(tinyTextHiddenSize), { storage: 'fp32' }));
      const training = await seedTraining(apiKey, { edgeUrl, signingKey, baseModel, s3, adapter });
      return { ...stack, training, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

function describeStore({ endpoint, bucket, region, credentials }: LocalS3): LocalObjectStore {
  return { endpoint, bucket, region, ...credentials };
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
