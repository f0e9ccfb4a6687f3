import type { ExecutionDevice } from '#gpu-worker/engine/execution-device.ts';
import type { Processor } from '#gpu-worker/engine/read-processor.ts';
import type { Precision, PrecisionChoice } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface PrecisionFacts {
  readonly device: ExecutionDevice;
  readonly processor: Processor;
  /** Bytes of the model's linear layers in float32. */
  readonly fp32Bytes: number;
  /** Bytes that this process may have. */
  readonly memoryBytes: number;
}

export interface ChosenPrecision {
  readonly precision: Precision;
  /** Why, for people: the end of "int8, because …". */
  readonly reason: string;
}

/** Instruction sets that add 8-bit products in 32 bits, by architecture, as Linux names them; with their names for people. */
const dotProducts: Readonly<Record<string, readonly (readonly [flag: string, name: string])[]>> = {
  x64: [
    ['amx_int8', 'AMX'],
    ['avx512_vnni', 'AVX-512 VNNI'],
    ['avx_vnni', 'AVX-VNNI'],
  ],
  arm64: [
    ['i8mm', 'the int8 matrix instructions'],
    ['asimddp', 'the NEON dot product'],
  ],
};

/** Part of the memory that fp32 may take by itself: the packed weights of the two graphs are nearly twice as much, and other things need room. */
const fp32MemoryShare = 0.125;

/**
 * The arithmetic for a choice (docs/decisions/0022-precisions-and-devices.md).
 * @throws ServiceError `invalid_request` for int8 on a GPU, which has no kernels for it
 */
export function choosePrecision(choice: PrecisionChoice, facts: PrecisionFacts): ChosenPrecision {
  const { device, processor, fp32Bytes, memoryBytes } = facts;
  if (choice === 'int8' && device === 'cuda')
    throw new ServiceError('invalid_request', 'The precision int8 runs on CPUs alone; on CUDA take fp16 or fp32.');
  if (choice !== 'auto') return { precision: choice, reason: 'it was asked for' };
  if (device === 'cuda') return { precision: 'fp16', reason: 'it runs on CUDA' };
  if (processor.flags === null)
    return { precision: 'int8', reason: 'this system does not tell the instruction sets of its processor' };
  const known = dotProducts[processor.architecture] ?? [];
  const found = known.find(([flag]) => processor.flags?.has(flag));
  if (found !== undefined) return { precision: 'int8', reason: `the processor has ${found[1]}` };
  const lacks = 'the processor has no 8-bit dot products';
  if (fp32Bytes <= memoryBytes * fp32MemoryShare) return { precision: 'fp32', reason: lacks };
  const needed = `${Math.round(fp32Bytes / 1e6)} MB of weights in fp32`;
  return {
    precision: 'int8',
    reason: `${needed} are too much for ${Math.round(memoryBytes / 1e6)} MB of memory, though ${lacks}`,
  };
}
