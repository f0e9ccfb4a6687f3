import { once } from 'node:events';
import { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { CallContext } from '#gpu-worker/http/call-context.ts';

export interface ListeningServer {
  /** `http://host:port`, with the port that the system chose where 0 was asked for. */
  readonly url: string;
  /** Stops listening, lets running answers end, and closes idle connections. */
  close(): Promise<void>;
}

/** Milliseconds that a kept-alive connection stays open without a call; above the edge's own idle time, so that the edge closes first and never meets a closed one. */
const keepAliveTimeoutMs = 75_000;

/** Serves the app. Throws an Error with one sentence when the address cannot be had. */
export async function listen(app: Hono<CallContext>, host: string, port: number): Promise<ListeningServer> {
  const server = createAdaptorServer({ fetch: app.fetch });
  if (!(server instanceof Server)) throw new TypeError('the adaptor made no HTTP/1.1 server');
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(describeListenFault(error, host, port), { cause: error });
  }
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host}:${actualPort}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
  };
}

function describeListenFault(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken by another process; free it or choose another with GPU_WORKER_PORT.`;
  if (code === 'EACCES')
    return `Port ${port} on ${host} is not allowed for this user; choose one above 1023 with GPU_WORKER_PORT.`;
  return `The worker cannot listen on ${host}:${port} (${String(code ?? error)}).`;
}
