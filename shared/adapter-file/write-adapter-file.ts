import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { adapterTensorNames } from '#shared/adapter-file/adapter-tensors.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { encodeHalfFloats } from '#shared/safetensors/half-float.ts';
import { type TensorToWrite, writeSafetensors } from '#shared/safetensors/write-safetensors.ts';

/** How an adapter's file holds its numbers: fp16 halves it and rounds each value by at most 2^-11 of it. */
export type AdapterStorage = 'fp16' | 'fp32';

export interface WriteAdapterOptions {
  readonly storage: AdapterStorage;
}

/** Largest magnitude that fp16 still rounds to a finite value. */
const halfMagnitudeMax = 65_519;

/**
 * An adapter as a file of format `hintrank-adapter-1` (an unversioned adapter is thereby converted). The same adapter gives the same bytes,
 * and what is written has passed the reader.
 * @throws ServiceError `invalid_adapter` when a tensor has a wrong size or a value that is not finite (or not in fp16)
 */
export function writeAdapterFile(adapter: AdapterFile, { storage }: WriteAdapterOptions): Uint8Array {
  const { format: _, ...settings } = adapter.config;
  const configuration = Object.fromEntries(Object.entries(settings).sort(([left], [right]) => (left < right ? -1 : 1)));
  const file = writeSafetensors(listTensors(adapter, storage), {
    format: 'hintrank-adapter-1',
    configuration: JSON.stringify(configuration),
  });
  parseAdapterFile(file);
  return file;
}

function listTensors(adapter: AdapterFile, storage: AdapterStorage): TensorToWrite[] {
  const { hiddenSize, embedding, mlp, attention, softPrompt } = adapter;
  const tensors: TensorToWrite[] = [];
  const add = (key: keyof typeof adapterTensorNames, values: Float32Array, columns: readonly number[]) => {
    const name = adapterTensorNames[key];
    const width = columns.reduce((product, size) => product * size, 1);
    if (values.length % width !== 0) {
      throw adapterError(`tensor "${name}" has ${values.length} values, which are not rows of ${width}`);
    }
    tensors.push({ name, shape: [values.length / width, ...columns], ...encodeValues(name, values, storage) });
  };
  if (embedding?.kind === 'table') add('embeddingTable', embedding.values, [hiddenSize]);
  if (embedding?.kind === 'rows') {
    const { rows } = embedding;
    tensors.push({ name: adapterTensorNames.embeddingRows, dtype: 'I32', shape: [rows.length], data: rows });
    add('embeddingValues', embedding.values, [hiddenSize]);
  }
  if (mlp) {
    add('mlpFirstWeight', mlp.firstWeight, [hiddenSize]);
    add('mlpFirstBias', mlp.firstBias, []);
    add('mlpSecondWeight', mlp.secondWeight, [hiddenSize]);
    add('mlpSecondBias', mlp.secondBias, []);
  }
  if (attention) {
    add('attentionInWeight', attention.inProjectionWeight, [hiddenSize]);
    add('attentionInBias', attention.inProjectionBias, []);
    add('attentionOutWeight', attention.outProjectionWeight, [hiddenSize]);
    add('attentionOutBias', attention.outProjectionBias, []);
  }
  if (softPrompt) add('softPrompt', softPrompt.values, [hiddenSize]);
  return tensors;
}

function encodeValues(
  name: string,
  values: Float32Array,
  storage: AdapterStorage,
): Pick<TensorToWrite, 'dtype' | 'data'> {
  if (storage === 'fp32') return { dtype: 'F32', data: values };
  const tooLarge = values.findIndex((value) => Math.abs(value) > halfMagnitudeMax);
  if (tooLarge >= 0) {
    throw adapterError(
      `tensor "${name}" holds ${values[tooLarge]} at index ${tooLarge}, beyond fp16's 65504; store it as fp32`,
    );
  }
  return { dtype: 'F16', data: encodeHalfFloats(values) };
}
