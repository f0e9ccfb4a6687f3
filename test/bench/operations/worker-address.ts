import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Where the edge calls a worker, whichever process that is at the moment. */
export interface WorkerAddress {
  readonly url: string;
  /** Calls that begin from now on go to this base URL. */
  pointAt(url: string): void;
  stop(): Promise<void>;
}

/** Stands for what is before a region's workers (a gateway, a service): passes each call on, and answers 503 where nobody takes it. It tries nothing again. */
export async function startWorkerAddress(firstUrl: string): Promise<WorkerAddress> {
  let target = firstUrl;
  const agent = new Agent({ keepAlive: true });
  const server = createServer((call, answer) => passOn(call, answer, target, agent));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the address has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    pointAt(url) {
      target = url;
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function passOn(call: IncomingMessage, answer: ServerResponse, target: string, agent: Agent): void {
  const { method, headers } = call;
  const onward = request(new URL(call.url ?? '/', target), { method, headers, agent }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  onward.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(503).end();
  });
  answer.on('close', () => onward.destroy());
  call.pipe(onward);
}
