import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';

/** Milliseconds between looks at a port that the last processes of a killed stack may still hold. */
const retryAfterMs = 100;
const retriesMax = 50;

/** The port if it can be listened on, or a free one for 0. With `patient`, waits up to five seconds for it. Throws LocalStackFault. */
export async function freePort(port: number, patient: boolean): Promise<number> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await tryPort(port);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES')
        throw new LocalStackFault(`Port ${port} is not allowed for this user; choose one above 1023 with --port.`);
      if (code !== 'EADDRINUSE') throw error;
      if (!patient || retries >= retriesMax) {
        throw new LocalStackFault(
          `Port ${port} is taken by another process; free it, or choose another with --port (0: any free one).`,
        );
      }
    }
    await delay(retryAfterMs);
  }
}

async function tryPort(port: number): Promise<number> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : port;
}
