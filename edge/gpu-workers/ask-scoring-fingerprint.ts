import { askWorkerInfo } from '#edge/gpu-workers/ask-worker-info.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

/** Workers that are asked at most, one after the other. */
const workersMax = 2;

/** The scoring fingerprint of the first worker that says it; undefined where none does. Never rejects. */
export async function askScoringFingerprint(
  ports: WorkerCallPorts,
  targets: readonly WorkerTarget[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const urls = [...new Set(targets.map(({ url }) => url))];
  for (const url of urls.slice(0, workersMax)) {
    const info = await askWorkerInfo(ports, url, signal);
    if (info?.scoring_fingerprint !== undefined) return info.scoring_fingerprint;
  }
  return undefined;
}
