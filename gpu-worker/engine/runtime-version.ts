import { env } from 'onnxruntime-node';

/** Version of the native runtime: what it writes for its kernels is of use to no other. */
export function runtimeVersion(): string {
  return env.versions.node ?? env.versions.common;
}
