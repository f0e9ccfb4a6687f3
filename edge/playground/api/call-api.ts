import type { z } from 'zod';
import { describeFault, type Fault, missingKey, unreachable } from '#edge/playground/api/fault.ts';

/** What a call needs of the world. */
export interface ApiPorts {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

export interface ApiCall<T> {
  readonly path: string;
  /** Empty: nothing is sent. */
  readonly key: string;
  /** Of a POST; absent: a GET. */
  readonly body?: object;
  readonly schema: z.ZodType<T>;
  readonly signal: AbortSignal;
}

export type ApiOutcome<T> =
  | { readonly kind: 'answer'; readonly value: T; readonly serverTiming: string; readonly roundTripMs: number }
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** The caller's signal ended it. */
  | { readonly kind: 'left' };

/** One call of the API that the page came from. Never throws: what went wrong is an outcome. */
export async function callApi<T>(ports: ApiPorts, call: ApiCall<T>): Promise<ApiOutcome<T>> {
  if (call.key === '') return { kind: 'fault', fault: missingKey };
  const startedAtMs = ports.now();
  try {
    const response = await ports.fetch(call.path, requestOf(call));
    const json: unknown = await response.json().catch(() => null);
    const roundTripMs = ports.now() - startedAtMs;
    if (!response.ok) return { kind: 'fault', fault: describeFault(response.status, json) };
    const parsed = call.schema.safeParse(json);
    if (!parsed.success) return { kind: 'fault', fault: describeFault(response.status, null) };
    const serverTiming = response.headers.get('server-timing') ?? '';
    return { kind: 'answer', value: parsed.data, serverTiming, roundTripMs };
  } catch {
    return call.signal.aborted ? { kind: 'left' } : { kind: 'fault', fault: unreachable };
  }
}

/** The key goes into the header only; no cookie, no cached answer. */
function requestOf({ key, body, signal }: ApiCall<unknown>): RequestInit {
  const shared = { signal, credentials: 'omit', cache: 'no-store' } as const;
  const authorization = { Authorization: `Bearer ${key}` };
  if (body === undefined) return { ...shared, headers: authorization };
  const headers = { ...authorization, 'Content-Type': 'application/json' };
  return { ...shared, method: 'POST', headers, body: JSON.stringify(body) };
}
