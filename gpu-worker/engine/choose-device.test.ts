import { describe, expect, it } from 'vitest';
import { chooseDevice } from '#gpu-worker/engine/choose-device.ts';
import { findCudaFault } from '#gpu-worker/engine/find-cuda-fault.ts';

const works = async () => null;
const missing = async () => 'libonnxruntime_providers_cuda.so is not installed';
const asked = async () => {
  throw new Error('nobody is to look for CUDA');
};

describe('choosing a device', () => {
  it('takes CUDA where it works, unless the CPU is asked for', async () => {
    expect(await chooseDevice('auto', works)).toBe('cuda');
    expect(await chooseDevice('cuda', works)).toBe('cuda');
    expect(await chooseDevice('cpu', asked)).toBe('cpu');
  });

  it('takes the CPU by itself where CUDA does not work', async () => {
    expect(await chooseDevice('auto', missing)).toBe('cpu');
  });

  it('says what is missing and what to install, where CUDA is asked for', async () => {
    const failure = await chooseDevice('cuda', missing).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'not_ready' });
    expect(String(failure)).toContain('but libonnxruntime_providers_cuda.so is not installed');
    expect(String(failure)).toContain('--onnxruntime-node-install=cuda12');
  });

  it('asks the runtime of this machine without a fault of its own', async () => {
    const fault = await findCudaFault();
    expect(await chooseDevice('auto')).toBe(fault === null ? 'cuda' : 'cpu');
  });
});
