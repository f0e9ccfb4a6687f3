import { Agent, request as httpRequest } from 'node:http';
import { performance } from 'node:perf_hooks';

export interface LoadTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Load {
  readonly target: LoadTarget;
  /** Connections, each with one request at a time: a closed loop. */
  readonly connections: number;
  readonly seconds: number;
  /** The body of each request; undefined: GET. */
  readonly body: (() => string) | undefined;
}

export interface Sample {
  /** From the first byte sent to the last one received. */
  readonly milliseconds: number;
  readonly status: number;
  /** The slowest worker's own milliseconds, as Server-Timing says; undefined where no worker was asked. */
  readonly workerMs: number | undefined;
  readonly cache: string | undefined;
}

/** Sends requests for a time and returns one sample for each. Throws where a connection breaks. */
export async function sendLoad({ target, connections, seconds, body }: Load): Promise<Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const samples: Sample[] = [];
  const endAt = performance.now() + seconds * 1_000;
  const caller = async () => {
    while (performance.now() < endAt) samples.push(await sendOne(target, agent, body?.()));
  };
  try {
    await Promise.all(Array.from({ length: connections }, caller));
  } finally {
    agent.destroy();
  }
  return samples;
}

/** One request. The body of the answer is read whole and thrown away. Rejects where the connection breaks. */
export function sendOne({ url, headers }: LoadTarget, agent: Agent, body: string | undefined): Promise<Sample> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      response.on('error', reject);
      response.resume().on('end', () => {
        const worker = /worker;dur=([\d.]+)/.exec(String(response.headers['server-timing']))?.[1];
        resolve({
          milliseconds: performance.now() - startedAt,
          status: response.statusCode ?? 0,
          workerMs: worker === undefined ? undefined : Number(worker),
          cache: response.headers['x-cache']?.toString(),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
