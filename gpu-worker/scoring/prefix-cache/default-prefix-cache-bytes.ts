import { processMemoryBytes } from '#gpu-worker/scoring/prefix-cache/process-memory-bytes.ts';

/** Part of the memory that keys and values may take where nothing else is said: the weights of a small model and everything else fit into the rest. */
const prefixMemoryShare = 0.25;

/** A quarter of the memory that this process may have. */
export function defaultPrefixCacheBytes(): number {
  return Math.floor(processMemoryBytes() * prefixMemoryShare);
}
