/** What runs a graph. */
export type ExecutionDevice = 'cpu' | 'cuda';

/** `auto`: CUDA where the runtime offers it and it works, else the CPU. */
export type DeviceChoice = ExecutionDevice | 'auto';
