import { findChangedRows } from '#gpu-worker/adapter-import/find-changed-rows.ts';
import type { ImportTarget } from '#gpu-worker/adapter-import/import-target.ts';
import type { ImportedTensors } from '#gpu-worker/adapter-import/imported-tensors.ts';
import { readImportTensor } from '#gpu-worker/adapter-import/read-import-tensor.ts';
import { readInstruction } from '#gpu-worker/adapter-import/read-instruction.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import type { AdapterAttention, AdapterMlp } from '#shared/adapter-file/adapter-file.ts';
import { adapterTensorNames as names } from '#shared/adapter-file/adapter-tensors.ts';

const mlpNames = [names.mlpFirstWeight, names.mlpFirstBias, names.mlpSecondWeight, names.mlpSecondBias];
const attentionNames = [
  names.attentionInWeight,
  names.attentionInBias,
  names.attentionOutWeight,
  names.attentionOutBias,
];

/** The names of the authors' checkpoints (method.md section 4), without ours for changed rows. */
const authorsNames: readonly string[] = [names.softPrompt, names.embeddingTable, ...mlpNames, ...attentionNames];

/**
 * The tensors of a checkpoint of the paper's authors. E' is stored there whole; only the rows that training changed are taken. `embedding.weight`
 * is the instruction, which the authors train on request only.
 * @param named method that the caller says it is; undefined: what the tensors are
 * @throws ServiceError `invalid_adapter` naming the tensor, the value and what the base model needs
 */
export function readAuthorsCheckpoint(
  checkpoint: TensorSource,
  named: AdapterConfig['method'] | undefined,
  target: ImportTarget,
): ImportedTensors {
  const stored = [...checkpoint.tensors.keys()];
  const unknown = stored.find((name) => !authorsNames.includes(name));
  if (unknown !== undefined) {
    throw adapterError(`tensor ${JSON.stringify(unknown.slice(0, 80))} is not one of ${authorsNames.join(', ')}`);
  }
  const method = named ?? methodOf(stored);
  const needed = neededNames(method);
  const notes: string[] = [];
  const unused = stored.filter((name) => !needed.includes(name) && name !== names.softPrompt);
  if (unused.length > 0) notes.push(`Left out, since the method ${method} has no use for them: ${unused.join(', ')}.`);

  const softPrompt = stored.includes(names.softPrompt) ? readInstruction(checkpoint, names.softPrompt, target) : null;
  if (softPrompt === null && method === 'soft-prompt') throw adapterError(describeNoPrompt(stored));
  if (softPrompt === null && stored.includes(names.softPrompt)) {
    notes.push(`Left out, since it is the template's own instruction, untrained: ${names.softPrompt}.`);
  }
  if (method === 'soft-prompt') {
    return { kind: 'authors', method, notes, tensors: { embedding: null, mlp: null, attention: null, softPrompt } };
  }
  const { hiddenSize, vocabularySize, source } = target;
  const mlp = readMlp(checkpoint, hiddenSize);
  const attention = method === 'attend' ? readAttention(checkpoint, hiddenSize) : null;
  const embedding = findChangedRows(checkpoint, names.embeddingTable, source, [vocabularySize, hiddenSize]);
  notes.push(describeRows(embedding.rows.length, vocabularySize));
  return { kind: 'authors', method, notes, tensors: { embedding, mlp, attention, softPrompt } };
}

function methodOf(stored: readonly string[]): AdapterConfig['method'] {
  if (attentionNames.some((name) => stored.includes(name))) return 'attend';
  return stored.every((name) => name === names.softPrompt) ? 'soft-prompt' : 'retrieve';
}

function neededNames(method: AdapterConfig['method']): readonly string[] {
  if (method === 'soft-prompt') return [names.softPrompt];
  return [names.embeddingTable, ...mlpNames, ...(method === 'attend' ? attentionNames : [])];
}

function describeNoPrompt(stored: readonly string[]): string {
  return stored.includes(names.softPrompt)
    ? `tensor "${names.softPrompt}" is the template's own instruction: nothing of a soft prompt was trained`
    : `tensor "${names.softPrompt}" is missing; method "soft-prompt" needs it`;
}

function describeRows(changed: number, all: number): string {
  if (changed < all)
    return `${changed} of ${all} rows of ${names.embeddingTable} differ from the base model's and are stored.`;
  return (
    `None of the ${all} rows of ${names.embeddingTable} is the base model's, so all are stored. ` +
    'Either weight decay moved every row, or it was trained on another model or other weights of this one.'
  );
}

function readMlp(checkpoint: TensorSource, width: number): AdapterMlp {
  return {
    firstWeight: readImportTensor(checkpoint, names.mlpFirstWeight, [width, width]),
    firstBias: readImportTensor(checkpoint, names.mlpFirstBias, [width]),
    secondWeight: readImportTensor(checkpoint, names.mlpSecondWeight, [width, width]),
    secondBias: readImportTensor(checkpoint, names.mlpSecondBias, [width]),
  };
}

function readAttention(checkpoint: TensorSource, width: number): AdapterAttention {
  return {
    inProjectionWeight: readImportTensor(checkpoint, names.attentionInWeight, [3 * width, width]),
    inProjectionBias: readImportTensor(checkpoint, names.attentionInBias, [3 * width]),
    outProjectionWeight: readImportTensor(checkpoint, names.attentionOutWeight, [width, width]),
    outProjectionBias: readImportTensor(checkpoint, names.attentionOutBias, [width]),
  };
}
