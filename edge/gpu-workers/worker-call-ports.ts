import type { Log } from '#edge/log.ts';

/** A request as the edge sends it; a narrow view of `RequestInit` that both runtimes agree on. */
export interface WorkerCallInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly redirect: 'manual';
}

/** What calls to GPU workers need of the world. */
export interface WorkerCallPorts {
  readonly fetch: (url: string, init: WorkerCallInit) => Promise<Response>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A signal that aborts after so many milliseconds. */
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Signs every call; at least 32 bytes. */
  readonly signingKey: Uint8Array;
  readonly log: Log;
}
