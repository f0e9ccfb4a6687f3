import { readMemory } from '#test/bench/memory/read-memory.ts';

/** Milliseconds between two readings; one takes some of them. */
const readingMs = 500;

/**
 * Watches what this process takes while its threads work; the result tells the largest so far, bytes. On Linux each page of a mapped file counts once,
 * whichever sessions map it (they share the weights); elsewhere, as the largest resident size has it, once a session.
 */
export function watchPeakMemory(): () => number {
  if (process.platform !== 'linux') return () => process.resourceUsage().maxRSS * 1024;
  let peak = 0;
  const read = () => {
    peak = Math.max(peak, readMemory().proportional);
    return peak;
  };
  setInterval(read, readingMs).unref();
  return read;
}
