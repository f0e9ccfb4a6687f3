import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import { workerInfoSchema } from '#shared/protocol/score.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

/** Milliseconds for one worker's answer: it only reads what it has in memory. */
const timeoutMs = 500;

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
    const fingerprint = await askWorker(ports, url, signal).catch(() => undefined);
    if (fingerprint !== undefined) return fingerprint;
  }
  return undefined;
}

async function askWorker(ports: WorkerCallPorts, worker: string, signal: AbortSignal): Promise<string | undefined> {
  const url = new URL(`${worker}/info`);
  const call = { method: 'GET', path: url.pathname, body: new Uint8Array(), nowMs: ports.now() };
  const response = await ports.fetch(url.href, {
    method: 'GET',
    headers: { authorization: `Bearer ${await signCall({ key: ports.signingKey, ...call })}` },
    signal: AbortSignal.any([signal, ports.timeoutSignal(timeoutMs)]),
    redirect: 'manual',
  });
  const parsed = workerInfoSchema.safeParse(await response.json());
  return parsed.data?.scoring_fingerprint;
}
