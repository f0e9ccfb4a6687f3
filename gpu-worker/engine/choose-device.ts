import type { DeviceChoice, ExecutionDevice } from '#gpu-worker/engine/execution-device.ts';
import { findCudaFault } from '#gpu-worker/engine/find-cuda-fault.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * The device for a choice. To be called in a worker thread: looking for CUDA opens a session.
 * @param findFault why CUDA cannot be used here; null where it can
 * @throws ServiceError `not_ready` that says what to install, where CUDA is asked for and missing
 */
export async function chooseDevice(
  choice: DeviceChoice,
  findFault: () => Promise<string | null> = findCudaFault,
): Promise<ExecutionDevice> {
  if (choice === 'cpu') return 'cpu';
  const fault = await findFault();
  if (fault === null) return 'cuda';
  if (choice === 'auto') return 'cpu';
  throw new ServiceError(
    'not_ready',
    `The device is to be CUDA, but ${fault}. It needs Linux on x64, an NVIDIA driver, CUDA 12 and cuDNN 9, and the libraries that onnxruntime-node does not ship: \
node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12. Without them, set the device to cpu.`,
  );
}
