import { useEffect, useState } from 'preact/hooks';
import type { z } from 'zod';
import { type ApiPorts, callApi } from '#edge/playground/api/call-api.ts';
import type { Fault } from '#edge/playground/api/fault.ts';

export type Answer<T> =
  | { readonly kind: 'busy' }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'answer'; readonly value: T };

export interface AnswerSource<T> {
  readonly ports: ApiPorts;
  readonly apiKey: string;
  /** Another path or round asks anew. */
  readonly path: string;
  readonly round?: number;
  readonly schema: z.ZodType<T>;
}

/** The answer to a GET, asked for when the component appears. */
export function useAnswer<T>({ ports, apiKey, path, round = 0, schema }: AnswerSource<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ kind: 'busy' });
  useEffect(() => {
    const controller = new AbortController();
    void callApi(ports, { path, key: apiKey, schema, signal: controller.signal }).then((outcome) => {
      if (!controller.signal.aborted && outcome.kind !== 'left') setAnswer(outcome);
    });
    return () => controller.abort();
  }, [ports, apiKey, path, round, schema]);
  return answer;
}
