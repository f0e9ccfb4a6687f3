import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expectedTensors } from '#gpu-worker/language-model/expected-tensors.ts';
import { readModelConfig } from '#gpu-worker/language-model/read-model-config.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

/** Random values that are drawn once and repeated: a gigabyte of fresh ones would take longer than everything that is measured. */
const drawnValues = 1 << 20;

/** Each tensor starts so many values further on: the runtime keeps equal weights once, and a layer must not be equal to the next. */
const drawsApart = 7_919;
const bfloat16Bytes = 2;

export interface LargeCheckpoint {
  readonly parameters: number;
  readonly bytes: number;
  readonly shards: number;
}

/**
 * Writes a Hugging Face folder of random bfloat16 weights, sharded as the hub's models are, block by block: no tensor is in memory. Projections have the
 * scale of trained ones, so that runs neither overflow nor end in denormals.
 *
 * @param shardBytes a shard is closed once it has this many
 */
export function writeLargeCheckpoint(folder: string, configJson: object, shardBytes = 1 << 30): LargeCheckpoint {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configJson));
  const shapes = [...expectedTensors(readModelConfig(folder, configJson))];
  const shards = splitIntoShards(shapes, shardBytes);
  const draws = Float32Array.from({ length: drawnValues }, seededNormal(1));
  const weightMap: Record<string, string> = {};
  let parameters = 0;
  for (const [index, tensors] of shards.entries()) {
    const number = (value: number) => String(value).padStart(5, '0');
    const file = `model-${number(index + 1)}-of-${number(shards.length)}.safetensors`;
    writeShard(join(folder, file), tensors, draws, Object.keys(weightMap).length);
    for (const [name, shape] of tensors) {
      weightMap[name] = file;
      parameters += sizeOf(shape);
    }
  }
  const bytes = parameters * bfloat16Bytes;
  const index = { metadata: { total_size: bytes }, weight_map: weightMap };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
  return { parameters, bytes, shards: shards.length };
}

type NamedShape = readonly [name: string, shape: readonly number[]];

function splitIntoShards(shapes: readonly NamedShape[], shardBytes: number): NamedShape[][] {
  const shards: NamedShape[][] = [[]];
  let size = 0;
  for (const entry of shapes) {
    if (size >= shardBytes) {
      shards.push([]);
      size = 0;
    }
    shards.at(-1)?.push(entry);
    size += sizeOf(entry[1]) * bfloat16Bytes;
  }
  return shards;
}

function writeShard(path: string, tensors: readonly NamedShape[], draws: Float32Array, firstTensor: number): void {
  let end = 0;
  const header = Object.fromEntries(
    tensors.map(([name, shape]) => {
      const begin = end;
      end += sizeOf(shape) * bfloat16Bytes;
      return [name, { dtype: 'BF16', shape, data_offsets: [begin, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const descriptor = openSync(path, 'wx');
  try {
    writeAll(descriptor, length);
    writeAll(descriptor, json);
    for (const [index, [name, shape]] of tensors.entries())
      writeTensor(descriptor, name, shape, turn(draws, (firstTensor + index) * drawsApart));
  } finally {
    closeSync(descriptor);
  }
}

function writeTensor(descriptor: number, name: string, shape: readonly number[], draws: Float32Array): void {
  const [mean, deviation] = name.includes('norm.') ? [1, 0.1] : [0, 1 / Math.sqrt(shape[1] ?? 1)];
  const block = toBfloat16(draws.map((draw) => mean + deviation * draw));
  for (let left = sizeOf(shape); left > 0; left -= block.length) {
    const part = block.subarray(0, Math.min(left, block.length));
    writeAll(descriptor, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
}

/** The same values, from another one on. */
function turn(values: Float32Array, start: number): Float32Array {
  const first = start % values.length;
  const turned = new Float32Array(values.length);
  turned.set(values.subarray(first));
  turned.set(values.subarray(0, first), values.length - first);
  return turned;
}

/** The upper halves of float32 values. */
function toBfloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (bits) => bits >>> 16);
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
