import { Agent, request as httpRequest } from 'node:http';
import { scoreResponseSchema, workerInfoSchema } from '#shared/protocol/score.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

/** One call's answer and how long it took, from the first byte sent to the last one received. */
interface TimedAnswer {
  readonly status: number;
  readonly body: string;
  readonly milliseconds: number;
}

export interface ScoreCall {
  readonly tenant: string;
  readonly query: string;
  readonly documents: readonly string[];
}

/** The delay of the worker's event loop since it was last asked for, milliseconds beyond the sampling interval. */
export interface EventLoopLag {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Signed calls to a real worker process, as the edge makes them. No time limit: a thousand documents may take minutes. */
export interface WorkerClient {
  /** Milliseconds. Throws unless every document was scored. */
  score(call: ScoreCall): Promise<number>;
  info(): Promise<{ readonly queueLength: number; readonly residentBytes: number }>;
  /** Reading it starts a new period. */
  eventLoopLag(): Promise<EventLoopLag>;
  close(): void;
}

/** Interval of Node's monitor; an idle loop shows it as its delay. */
const samplingMs = 10;

/** Longer than anything that is measured. */
const deadlineMs = 3_600_000;

export function createWorkerClient(url: string, key: Uint8Array, model: string): WorkerClient {
  const agent = new Agent({ keepAlive: true });
  const send = async (method: 'GET' | 'POST', path: string, body = ''): Promise<TimedAnswer> => {
    const bytes = Buffer.from(body);
    const token = await signCall({ key, method, path, body: bytes, nowMs: Date.now() });
    const startedAtMs = performance.now();
    return new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const request = httpRequest(url + path, { agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            milliseconds: performance.now() - startedAtMs,
          }),
        );
      });
      request.on('error', reject);
      request.end(bytes);
    });
  };
  const sendWell = async (method: 'GET' | 'POST', path: string, body?: string): Promise<TimedAnswer> => {
    const answer = await send(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body}`);
    return answer;
  };
  return {
    async score({ tenant, query, documents }) {
      const call = { model, tenant, query, documents, deadline_at_ms: Date.now() + deadlineMs };
      const { body, milliseconds } = await sendWell('POST', '/v1/score', JSON.stringify(call));
      const { scores } = scoreResponseSchema.parse(JSON.parse(body));
      if (scores.length !== documents.length)
        throw new Error(`${documents.length} documents got ${scores.length} scores.`);
      return milliseconds;
    },
    async info() {
      const { queue_length, memory } = workerInfoSchema.parse(JSON.parse((await sendWell('GET', '/info')).body));
      return { queueLength: queue_length, residentBytes: memory?.resident_bytes ?? 0 };
    },
    async eventLoopLag() {
      const text = (await sendWell('GET', '/metrics')).body;
      const read = (part: string) => {
        const value = new RegExp(`^nodejs_eventloop_lag_${part}_seconds ([\\d.e+-]+)$`, 'm').exec(text)?.[1];
        if (value === undefined) throw new Error(`/metrics has no nodejs_eventloop_lag_${part}_seconds.`);
        return Math.max(0, Number(value) * 1_000 - samplingMs);
      };
      return { p50Ms: read('p50'), p99Ms: read('p99'), maxMs: read('max') };
    },
    close: () => agent.destroy(),
  };
}
