import { describe, expect, it } from 'vitest';
import { parseProcessorFlags, readProcessor } from '#gpu-worker/engine/read-processor.ts';
import { choosePrecision, type PrecisionFacts } from '#gpu-worker/scoring/prepared-model/choose-precision.ts';

const facts: PrecisionFacts = {
  device: 'cpu',
  processor: { architecture: 'x64', flags: new Set(['avx2', 'fma']) },
  fp32Bytes: 540e6,
  memoryBytes: 24e9,
};
const withProcessor = (architecture: string, ...flags: string[]): PrecisionFacts => ({
  ...facts,
  processor: { architecture, flags: new Set(flags) },
});

describe('the automatic precision', () => {
  it.each([
    ['x64', ['avx2', 'avx512_vnni'], 'the processor has AVX-512 VNNI'],
    ['x64', ['avx2', 'avx_vnni'], 'the processor has AVX-VNNI'],
    ['x64', ['avx512_vnni', 'amx_int8'], 'the processor has AMX'],
    ['arm64', ['asimd', 'asimddp'], 'the processor has the NEON dot product'],
    ['arm64', ['asimddp', 'i8mm'], 'the processor has the int8 matrix instructions'],
  ])('is int8 on %s with %j', (architecture, flags, reason) => {
    expect(choosePrecision('auto', withProcessor(architecture, ...flags))).toEqual({ precision: 'int8', reason });
  });

  it.each([
    ['x64', ['avx2', 'avx512f', 'avx512bw']],
    ['arm64', ['asimd']],
    // A flag of another architecture says nothing.
    ['arm64', ['avx512_vnni']],
  ])('is fp32 on %s with %j, where 8-bit sums saturate or are slow', (architecture, flags) => {
    expect(choosePrecision('auto', withProcessor(architecture, ...flags)).precision).toBe('fp32');
  });

  it('is int8 all the same where fp32 takes too much memory', () => {
    const chosen = choosePrecision('auto', { ...facts, fp32Bytes: 4e9 });
    expect(chosen.precision).toBe('int8');
    expect(chosen.reason).toContain('4000 MB of weights in fp32 are too much for 24000 MB');
  });

  it('is int8 where the system tells nothing of its processor', () => {
    expect(choosePrecision('auto', { ...facts, processor: { architecture: 'x64', flags: null } }).precision).toBe(
      'int8',
    );
  });

  it('is fp16 on CUDA, whatever the processor has', () => {
    expect(choosePrecision('auto', { ...withProcessor('x64', 'amx_int8'), device: 'cuda' }).precision).toBe('fp16');
  });
});

it.each(['fp32', 'int8', 'fp16'] as const)('%s is taken where it is asked for', (precision) => {
  expect(choosePrecision(precision, { ...facts, fp32Bytes: 1e15 })).toEqual({ precision, reason: 'it was asked for' });
});

it('int8 on CUDA is refused with what to take instead', () => {
  expect(() => choosePrecision('int8', { ...facts, device: 'cuda' })).toThrow('on CUDA take fp16 or fp32');
});

describe('reading the processor', () => {
  it('takes the first core of either architecture', () => {
    expect(parseProcessorFlags('processor : 0\nflags\t\t: fpu avx2 avx_vnni\n\nflags : other\n')).toEqual(
      new Set(['fpu', 'avx2', 'avx_vnni']),
    );
    expect(parseProcessorFlags('processor : 0\nFeatures : fp asimd asimddp\n')).toEqual(
      new Set(['fp', 'asimd', 'asimddp']),
    );
    expect(parseProcessorFlags('processor : 0\n')).toBeNull();
  });

  it('knows this machine', () => {
    expect(readProcessor().architecture).toBe(process.arch);
  });
});
