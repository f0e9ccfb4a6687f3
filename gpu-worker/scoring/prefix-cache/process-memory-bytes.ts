import { totalmem } from 'node:os';

/** What this process may have: the container's limit, or the machine's memory. */
export function processMemoryBytes(): number {
  return Math.min(totalmem(), process.constrainedMemory() || totalmem());
}
