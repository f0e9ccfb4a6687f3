import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import { type WorkerInfo, workerInfoSchema } from '#shared/protocol/score.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

/** Milliseconds for the answer: a worker only reads what it has in memory. */
const timeoutMs = 500;

/** What a worker says of itself; undefined where it does not. Never rejects. */
export async function askWorkerInfo(
  ports: WorkerCallPorts,
  worker: string,
  signal: AbortSignal,
): Promise<WorkerInfo | undefined> {
  try {
    const url = new URL(`${worker}/info`);
    const call = { method: 'GET', path: url.pathname, body: new Uint8Array(), nowMs: ports.now() };
    const response = await ports.fetch(url.href, {
      method: 'GET',
      headers: { authorization: `Bearer ${await signCall({ key: ports.signingKey, ...call })}` },
      signal: AbortSignal.any([signal, ports.timeoutSignal(timeoutMs)]),
      redirect: 'manual',
    });
    return workerInfoSchema.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}
