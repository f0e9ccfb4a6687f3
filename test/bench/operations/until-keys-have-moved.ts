import { setTimeout as delay } from 'node:timers/promises';
import { pepperId } from '#shared/api-keys/pepper-id.ts';
import type { EdgeVersions } from '#test/bench/operations/start-edge-versions.ts';

const pollMs = 100;

/** Longer than a caller waits for its answer, behind which its key moves. */
const patienceMs = 60_000;

/** Resolves when no API key is stored under another pepper. Rejects after a minute in which some are: nobody uses them, or they do not move. */
export async function untilKeysHaveMoved(edge: EdgeVersions, pepper: string): Promise<void> {
  const id = await pepperId(pepper);
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    const left = await edge.runSql(`SELECT id FROM api_keys WHERE pepper_id IS NOT '${id}'`);
    if (left.length === 0) return;
    await delay(pollMs);
  }
  throw new Error('API keys in use are still stored under the old pepper');
}
