import { onTestFinished } from 'vitest';
import { type ControlledWorker, startControlledWorker } from '#test/support/start-controlled-worker.ts';

/** A controlled worker that takes calls, until the test that asks for it is over. */
export async function startReadyWorker(
  ...options: Parameters<typeof startControlledWorker>
): Promise<ControlledWorker> {
  const worker = await startControlledWorker(...options);
  onTestFinished(() => worker.server.close());
  worker.becomeReady();
  return worker;
}
