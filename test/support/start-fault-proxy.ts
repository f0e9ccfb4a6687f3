import { type ClientRequest, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { startLoopbackServer } from '#test/support/loopback-server.ts';

export type ProxyFault =
  /** Everything passes. */
  | 'none'
  /** Half of a body arrives, then the connection breaks. */
  | 'cut'
  /** One bit of the body's middle byte is flipped, and the checksum headers that would tell are dropped. */
  | 'flip'
  /** Uploads break when half of their bytes have come. */
  | 'cut-upload'
  /** No answer at all: every connection breaks. */
  | 'gone';

export interface FaultProxy {
  readonly url: string;
  fault: ProxyFault;
  stop(): Promise<void>;
}

/** A loopback proxy that breaks bodies on their way. It keeps the Host header, so that signed requests stay valid. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port, pathname } = new URL(target);
  const proxy: { fault: ProxyFault } = { fault: 'none' };
  const server = await startLoopbackServer((incoming, outgoing) => {
    const options = { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers };
    const upstream = httpRequest(options, (answer) => {
      // Whoever breaks a transfer off, client or server, is what some tests are about.
      answer.on('error', () => outgoing.destroy());
      relay(answer, outgoing, proxy.fault).catch(() => outgoing.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.on('error', () => upstream.destroy());
    if (proxy.fault === 'gone') return void incoming.destroy();
    if (proxy.fault === 'cut-upload') cutAtHalf(incoming, upstream);
    incoming.pipe(upstream);
  });
  return Object.assign(proxy, { url: server.url + pathname, stop: () => server.close() });
}

/** Breaks both sides when half of the announced bytes have come. */
function cutAtHalf(incoming: IncomingMessage, upstream: ClientRequest): void {
  const half = Number(incoming.headers['content-length'] ?? 0) / 2;
  let come = 0;
  incoming.on('data', (chunk: Buffer) => {
    come += chunk.length;
    if (half === 0 || come < half) return;
    upstream.destroy();
    incoming.destroy();
  });
}

async function relay(answer: IncomingMessage, outgoing: ServerResponse, fault: ProxyFault): Promise<void> {
  const headers = { ...answer.headers };
  if (fault === 'flip') {
    for (const name of Object.keys(headers)) if (name.startsWith('x-amz-checksum')) delete headers[name];
  }
  outgoing.writeHead(answer.statusCode ?? 502, headers);
  if (!['cut', 'flip'].includes(fault) || answer.statusCode !== 200) return pipeline(answer, outgoing);
  const body = Buffer.concat(await answer.toArray());
  const middle = Math.floor(body.length / 2);
  if (fault === 'cut') {
    outgoing.write(body.subarray(0, middle), () => outgoing.destroy());
    return;
  }
  body[middle] = (body[middle] ?? 0) ^ 1;
  outgoing.end(body);
}
