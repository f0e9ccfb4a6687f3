import { totalmem } from 'node:os';

/** Part of the memory that keys and values may take where nothing else is said: the weights of a small model and everything else fit into the rest. */
const prefixMemoryShare = 0.25;

/** A quarter of the memory that this process may have: the container's limit, or the machine's. */
export function defaultPrefixCacheBytes(): number {
  return Math.floor(Math.min(totalmem(), process.constrainedMemory() || totalmem()) * prefixMemoryShare);
}
