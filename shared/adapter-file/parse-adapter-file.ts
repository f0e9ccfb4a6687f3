import { type AdapterConfig, type AdapterSettings, hintsMax } from '#shared/adapter-file/adapter-config.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import type { AdapterEmbedding, AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import {
  checkTensorNames,
  checkTensorShape,
  readTensorRows,
  readTensorValues,
} from '#shared/adapter-file/adapter-tensor-reader.ts';
import { adapterTensorNames, adapterTensorShapes } from '#shared/adapter-file/adapter-tensors.ts';
import { readAdapterConfig } from '#shared/adapter-file/read-adapter-config.ts';
import { limits } from '#shared/limits.ts';
import { parseSafetensorsHeader, type SafetensorsHeader } from '#shared/safetensors/parse-safetensors.ts';

/** Past any model of the family; keeps 3D · D a safe integer. */
const hiddenSizeMax = 65_536;

/** Dozens of names and a configuration take a few KB; JSON of untrusted size is where memory would go. */
const headerLimits = {
  headerBytesMax: 1_000_000,
  tensorsMax: 64,
  dimensionsMax: 2,
  errorCode: 'invalid_adapter',
} as const;

export interface ParseAdapterOptions {
  /** Settings for what a file without a version leaves out (research checkpoints state only their kind). */
  readonly unversionedSettings?: Partial<AdapterSettings>;
  /** Bytes of the file; default `limits.adapterBytesMax`. */
  readonly bytesMax?: number;
}

/**
 * A whole adapter file, every value checked. Takes at most twice the file's bytes for the tensors (fp16 becomes float32). Whether it fits
 * a model is for `validateAdapterAgainstModel`.
 * @throws ServiceError `invalid_adapter` naming tensor or field, value and limit; nothing of a bad file is used
 */
export function parseAdapterFile(file: Uint8Array, options: ParseAdapterOptions = {}): AdapterFile {
  const bytesMax = options.bytesMax ?? limits.adapterBytesMax;
  if (file.byteLength > bytesMax) {
    throw adapterError(`the file has ${file.byteLength} bytes, more than the limit ${bytesMax}`);
  }
  const header = parseSafetensorsHeader(file, file.byteLength, headerLimits);
  const config = readAdapterConfig(header.metadata, options.unversionedSettings);
  checkTensorNames(header, config.method);
  const hiddenSize = findHiddenSize(header, config);
  for (const key of Object.keys(adapterTensorShapes) as (keyof typeof adapterTensorShapes)[]) {
    checkTensorShape(header, key, hiddenSize);
  }
  const read = (key: keyof typeof adapterTensorNames) => readTensorValues(file, header, key);
  const withModule = config.method !== 'soft-prompt';
  return {
    config,
    hiddenSize,
    embedding: withModule ? readEmbedding(file, header) : null,
    mlp: withModule
      ? {
          firstWeight: read('mlpFirstWeight'),
          firstBias: read('mlpFirstBias'),
          secondWeight: read('mlpSecondWeight'),
          secondBias: read('mlpSecondBias'),
        }
      : null,
    attention:
      config.method === 'attend'
        ? {
            inProjectionWeight: read('attentionInWeight'),
            inProjectionBias: read('attentionInBias'),
            outProjectionWeight: read('attentionOutWeight'),
            outProjectionBias: read('attentionOutBias'),
          }
        : null,
    softPrompt: readSoftPrompt(file, header),
  };
}

/** D is the last size of a tensor that the method always has; the other shapes are then checked against it. */
function findHiddenSize(header: SafetensorsHeader, config: AdapterConfig): number {
  const name = config.method === 'soft-prompt' ? adapterTensorNames.softPrompt : adapterTensorNames.mlpFirstWeight;
  const hiddenSize = header.tensors.get(name)?.shape.at(-1) ?? 0;
  if (hiddenSize < 1 || hiddenSize > hiddenSizeMax) {
    throw adapterError(`tensor "${name}" says hidden size ${hiddenSize}; 1 to ${hiddenSizeMax} is allowed`);
  }
  if (config.method === 'attend' && hiddenSize % config.heads !== 0) {
    throw adapterError(`hidden size ${hiddenSize} is not divisible by heads ${config.heads}`);
  }
  return hiddenSize;
}

function readEmbedding(file: Uint8Array, header: SafetensorsHeader): AdapterEmbedding {
  if (header.tensors.has(adapterTensorNames.embeddingTable)) {
    return { kind: 'table', values: readTensorValues(file, header, 'embeddingTable') };
  }
  const rowCount = header.tensors.get(adapterTensorNames.embeddingRows)?.shape[0];
  const valueCount = header.tensors.get(adapterTensorNames.embeddingValues)?.shape[0];
  if (rowCount !== valueCount) {
    throw adapterError(
      `tensor "${adapterTensorNames.embeddingValues}" has ${valueCount} rows, but "${adapterTensorNames.embeddingRows}" names ${rowCount}`,
    );
  }
  return {
    kind: 'rows',
    rows: readTensorRows(file, header),
    values: readTensorValues(file, header, 'embeddingValues'),
  };
}

function readSoftPrompt(file: Uint8Array, header: SafetensorsHeader): AdapterFile['softPrompt'] {
  const entry = header.tensors.get(adapterTensorNames.softPrompt);
  if (!entry) return null;
  const count = entry.shape[0] ?? 0;
  if (count < 1 || count > hintsMax) {
    throw adapterError(`tensor "${adapterTensorNames.softPrompt}" has ${count} rows; 1 to ${hintsMax} are allowed`);
  }
  return { count, values: readTensorValues(file, header, 'softPrompt') };
}
