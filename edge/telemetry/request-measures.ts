/** What happens to calls of workers. `retry`: after a failure; `hedge`: beside a call that is late; `failure`: a call that gave no scores. */
type CallEvent = 'call' | 'retry' | 'hedge' | 'failure';

/** Told of each, with the worker's region. */
export type CountCall = (event: CallEvent, region: string) => void;

/** What one request did, as far as it got. */
export interface RequestMeasures {
  /** Where its scores came from; undefined for requests that score nothing, or failed. */
  documents?: { readonly count: number; readonly cached: number };
  /** `call` counts all calls, retries and hedges among them. */
  readonly calls: Record<CallEvent, number>;
  /** Of the workers that were called. */
  readonly regions: Set<string>;
}

export function emptyMeasures(): RequestMeasures {
  return { calls: { call: 0, retry: 0, hedge: 0, failure: 0 }, regions: new Set() };
}
