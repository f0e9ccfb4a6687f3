import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a worker over which everything takes its time. */
export interface DelayedWay {
  /** Base URL of its near end. */
  readonly url: string;
  /** Milliseconds there and back, of what is sent from now on. */
  setRoundTrip(milliseconds: number): void;
  stop(): void;
}

/**
 * A TCP relay that hands bytes on after half of the round trip, in both directions, and the first ones of a connection after another whole one, for the
 * handshake. What it cannot deliver it holds, so that a pulled cable is silence for whoever is at this end.
 */
export async function startDelayedWay(host: string, port: number): Promise<DelayedWay> {
  let roundTripMs = 0;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    carry(near, far, () => roundTripMs / 2, performance.now() + roundTripMs);
    carry(far, near, () => roundTripMs / 2, 0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    setRoundTrip: (milliseconds) => {
      roundTripMs = milliseconds;
    },
    stop() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Hands on what `from` says, in order. `notBeforeMs` — when its first bytes may set out. */
function carry(from: Socket, to: Socket, oneWayMs: () => number, notBeforeMs: number): void {
  const onTheirWay: { readonly dueMs: number; readonly arrive: () => void }[] = [];
  // One timer at a time: several of about the same time may fire out of order.
  const deliver = () => {
    while ((onTheirWay[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= performance.now()) onTheirWay.shift()?.arrive();
    const [next] = onTheirWay;
    if (next !== undefined) setTimeout(deliver, Math.max(1, next.dueMs - performance.now()));
  };
  const later = (arrive: () => void) => {
    const dueMs = Math.max(performance.now(), notBeforeMs) + oneWayMs();
    onTheirWay.push({ dueMs, arrive });
    if (onTheirWay.length === 1) deliver();
  };
  from.on('data', (bytes) => later(() => void (to.destroyed || to.write(bytes))));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => later(() => to.destroy()));
  from.on('close', () => later(() => to.destroy()));
}
