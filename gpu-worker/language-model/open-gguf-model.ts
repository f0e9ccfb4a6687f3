import { checkTensors } from '#gpu-worker/language-model/check-tensors.ts';
import { ggufModelConfig } from '#gpu-worker/language-model/gguf-model-config.ts';
import { ropeFactorsName } from '#gpu-worker/language-model/gguf-rope-scaling.ts';
import { huggingFaceTensorName } from '#gpu-worker/language-model/gguf-tensor-names.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { OpenedCheckpoint } from '#gpu-worker/language-model/opened-checkpoint.ts';
import { readUnpermutedRows } from '#gpu-worker/language-model/unpermute-rotary.ts';
import { type GgufFile, openGguf } from '#gpu-worker/weights/open-gguf.ts';
import type { TensorInfo, TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Query and key projections and their biases, the tensors that rotary embedding acts on. */
const rotatedName = /\.self_attn\.[qk]_proj\.(weight|bias)$/;

/**
 * Opens a GGUF model under Hugging Face names, with the query and key rows of the `llama` architecture back in split-halves order.
 * @throws ServiceError `invalid_weights` naming the key or tensor at fault
 */
export function openGgufModel(path: string): OpenedCheckpoint {
  const file = openGguf(path);
  try {
    return ggufCheckpointOf(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The model in an open GGUF file. */
export function ggufCheckpointOf(file: GgufFile): OpenedCheckpoint {
  const config = ggufModelConfig(file);
  const source = renamedSource(file, config);
  checkTensors(file.label, config, source.tensors);
  return { config, source, stored: file, ggufMetadata: file.metadata };
}

function renamedSource(file: GgufFile, config: ModelConfig): TensorSource {
  const tensors = new Map<string, TensorInfo>();
  const storedNames = new Map<string, string>();
  for (const tensor of file.tensors.values()) {
    if (tensor.name === ropeFactorsName) continue;
    const name = huggingFaceTensorName(tensor.name);
    if (name === null)
      throw weightsFault(
        `${file.label}: tensor "${tensor.name}"`,
        tensor.begin,
        `it is not part of a ${config.family} model`,
      );
    tensors.set(name, { ...tensor, name });
    storedNames.set(name, tensor.name);
  }
  return {
    tensors,
    readRows(name, start = 0, end = tensors.get(name)?.shape[0]) {
      const storedName = storedNames.get(name) ?? name;
      const readRows = (from: number, to?: number) => file.readRows(storedName, from, to);
      if (config.family !== 'llama' || !rotatedName.test(name) || end === undefined) return readRows(start, end);
      return readUnpermutedRows(readRows, config.headSize, start, end);
    },
    close: () => file.close(),
  };
}
