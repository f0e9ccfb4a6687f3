import { expectedTensors } from '#gpu-worker/language-model/expected-tensors.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { TensorInfo } from '#gpu-worker/weights/tensor-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Tensors that some exporters store although the configuration implies them. */
const impliedNames: readonly RegExp[] = [/\.rotary_emb\.inv_freq$/];

/**
 * Checks that a checkpoint has exactly the tensors its configuration calls for, in their shapes. A tensor too many is a fault too: it is
 * a part of the model (a bias, a norm) that would silently be left out of the arithmetic.
 * @throws ServiceError `invalid_weights` naming the tensor and its shape beside the one expected
 */
export function checkTensors(path: string, config: ModelConfig, tensors: ReadonlyMap<string, TensorInfo>): void {
  const expected = expectedTensors(config);
  for (const [name, shape] of expected) {
    const found = tensors.get(name);
    if (found === undefined)
      throw weightsFault(path, null, `tensor "${name}" [${shape.join(', ')}] is missing${missingReason(name)}`);
    if (found.shape.length !== shape.length || found.shape.some((size, axis) => size !== shape[axis])) {
      throw weightsFault(
        `${path}: tensor "${name}"`,
        null,
        `its shape is [${found.shape.join(', ')}], but the configuration calls for [${shape.join(', ')}]`,
      );
    }
  }
  for (const name of tensors.keys()) {
    const implied =
      impliedNames.some((pattern) => pattern.test(name)) || (config.tiedHead && name === 'lm_head.weight');
    if (!expected.has(name) && !implied)
      throw weightsFault(
        `${path}: tensor "${name}"`,
        null,
        `it is not part of a ${config.family} model with this configuration`,
      );
  }
}

function missingReason(name: string): string {
  return name === 'lm_head.weight'
    ? ', although the configuration says that the head is not tied to the embeddings'
    : '';
}
