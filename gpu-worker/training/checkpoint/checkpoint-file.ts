import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type DenseName, denseNames } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import type { TrainedTensor } from '#gpu-worker/training/optimiser/adam-w.ts';
import type { PackedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { parseSafetensorsHeader, type SafetensorsHeader } from '#shared/safetensors/parse-safetensors.ts';
import { type TensorToWrite, writeSafetensors } from '#shared/safetensors/write-safetensors.ts';

const devPointSchema = z.object({
  step: z.number().describe('Steps done.'),
  metric: z.number().describe('Mean nDCG@10 of the dev queries.'),
});
const lossPointSchema = z.object({
  step: z.number(),
  loss: z.number(),
  positiveNll: z.number().describe('Mean NLL of the positives, nats per token.'),
  tokens: z
    .number()
    .int()
    .min(0)
    .describe('Tokens of queries and hints that went through the model; those of documents are not counted.'),
});
const progressSchema = z.object({
  identity: z.string(),
  step: z.number().int().min(0),
  losses: z.array(lossPointSchema),
  dev: z.array(devPointSchema),
  kept: devPointSchema,
  highest: devPointSchema,
});

export type DevPoint = z.infer<typeof devPointSchema>;
export type LossPoint = z.infer<typeof lossPointSchema>;

/** Everything that a run needs to go on from where it stands. */
export interface Checkpoint {
  readonly adapter: PackedAdapter;
  readonly losses: readonly LossPoint[];
  readonly dev: readonly DevPoint[];
  /** Mean log-likelihoods of the dev pairs under the base model: float64 [pairs]. */
  readonly base: Float64Array;
  readonly kept: KeptLook;
  /** The look with the highest metric: what later ones are held against. */
  readonly highest: Look;
}

/** A look at the dev queries, so that nothing has to be looked at twice. */
export interface Look {
  readonly point: DevPoint;
  /** Mean log-likelihoods of the dev pairs: float64 [pairs]. */
  readonly scores: Float64Array;
}

/** The look whose adapter is the result if the run ends here. */
export interface KeptLook extends Look {
  /** The adapter at that step, as it is stored. */
  readonly file: Uint8Array;
}

const parts = ['values', 'first', 'second'] as const;

/**
 * Writes a checkpoint to `path`: one safetensors file, flushed and then renamed into place, so that a kill at any moment leaves the one
 * before or this one. `identity` names what it belongs to (settings, model, data).
 */
export function writeCheckpoint(path: string, identity: string, checkpoint: Checkpoint): void {
  const { adapter, losses, dev, base, kept, highest } = checkpoint;
  const { ids } = adapter.rows;
  const tensors: TensorToWrite[] = [{ name: 'row_ids', dtype: 'I32', shape: [ids.length], data: ids }];
  for (const part of parts) {
    tensors.push(vector(`rows.${part}`, adapter.rows[part]));
    for (const [name, tensor] of Object.entries(adapter.dense)) tensors.push(vector(`${part}.${name}`, tensor[part]));
  }
  tensors.push({ name: 'kept', dtype: 'U8', shape: [kept.file.length], data: kept.file });
  for (const [name, data] of [
    ['scores.base', base],
    ['scores.kept', kept.scores],
    ['scores.highest', highest.scores],
  ] as const)
    tensors.push({ name, dtype: 'F64', shape: [data.length], data });
  const progress = { identity, step: adapter.step, losses, dev, kept: kept.point, highest: highest.point };
  const temporary = `${path}.tmp`;
  const text = JSON.stringify(progress);
  const digest = digestOf(
    text,
    tensors.map(({ name, data }) => [name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  );
  writeFileSync(temporary, writeSafetensors(tensors, { progress: text, digest }), { flush: true });
  renameSync(temporary, path);
}

/**
 * The checkpoint at `path`, or null when there is none.
 * @throws ServiceError `invalid_request` when it belongs to another run or is damaged
 */
export function readCheckpoint(path: string, identity: string): Checkpoint | null {
  if (!existsSync(path)) return null;
  const file = new Uint8Array(readFileSync(path));
  const { metadata, tensors, dataOffset } = headerOf(path, file);
  const { progress: text, digest } = metadata;
  const progress = progressSchema.safeParse(parseJson(text));
  if (!progress.success || text === undefined) {
    throw new ServiceError('invalid_request', `${path} is not a training checkpoint.`);
  }
  const contents = [...tensors].map(
    ([name, { begin, end }]) => [name, file.subarray(dataOffset + begin, dataOffset + end)] as const,
  );
  if (digest !== digestOf(text, contents)) {
    throw damaged(path, 'its contents do not have the SHA-256 that was written with them');
  }
  const { step, losses, dev, kept, highest } = progress.data;
  if (progress.data.identity !== identity) {
    throw new ServiceError(
      'invalid_request',
      `The checkpoint ${path} belongs to a run with other settings, data or model; remove it or name another output.`,
    );
  }
  const bytesOf = (name: string): ArrayBuffer => {
    const entry = tensors.get(name);
    if (entry === undefined) throw damaged(path, `it lacks "${name}"`);
    return file.slice(dataOffset + entry.begin, dataOffset + entry.end).buffer;
  };
  const floats = (name: string) => new Float32Array(bytesOf(name));
  const tensorOf = (name: string): TrainedTensor => ({
    values: floats(`values.${name}`),
    first: floats(`first.${name}`),
    second: floats(`second.${name}`),
  });
  const dense: Partial<Record<DenseName, TrainedTensor>> = {};
  for (const name of denseNames) if (tensors.has(`values.${name}`)) dense[name] = tensorOf(name);
  const rows = {
    ids: new Int32Array(bytesOf('row_ids')),
    values: floats('rows.values'),
    first: floats('rows.first'),
    second: floats('rows.second'),
  };
  return {
    adapter: { step, dense, rows },
    losses,
    dev,
    base: new Float64Array(bytesOf('scores.base')),
    kept: {
      point: kept,
      file: new Uint8Array(bytesOf('kept')),
      scores: new Float64Array(bytesOf('scores.kept')),
    },
    highest: { point: highest, scores: new Float64Array(bytesOf('scores.highest')) },
  };
}

function vector(name: string, data: Float32Array): TensorToWrite {
  return { name, dtype: 'F32', shape: [data.length], data };
}

/** SHA-256 over the progress and all tensors: a resumed run is the undisturbed one only if every bit is. */
function digestOf(progress: string, tensors: readonly (readonly [string, Uint8Array])[]): string {
  const hash = createHash('sha256').update(progress);
  for (const [name, data] of tensors.toSorted(([a], [b]) => (a < b ? -1 : 1))) hash.update(`\n${name}\n`).update(data);
  return hash.digest('hex');
}

function headerOf(path: string, file: Uint8Array): SafetensorsHeader {
  try {
    return parseSafetensorsHeader(file, file.byteLength);
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error), error);
  }
}

/** undefined for what is no JSON. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function damaged(path: string, reason: string, cause?: unknown): ServiceError {
  const message = `The checkpoint ${path} is damaged: ${reason}. Remove it to start the run again.`;
  return new ServiceError('invalid_request', message, { cause });
}
