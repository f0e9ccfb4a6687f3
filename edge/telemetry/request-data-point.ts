import type { RequestMeasures } from '#edge/telemetry/request-measures.ts';

/** An Analytics Engine dataset, as far as it is used here. */
export interface MetricsDataset {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void;
}

/** A request that was answered. */
export interface AnsweredRequest {
  /** `/v1/adapters/:name`, never what the caller put in; empty where no route took it. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Of the error table; empty where there was no error. */
  readonly error: string;
  /** `HIT`, `PARTIAL`, `MISS`, or empty. */
  readonly cache: string;
  readonly milliseconds: number;
  /** Of the slowest worker; undefined where none was asked. */
  readonly workerMilliseconds: number | undefined;
  readonly measures: RequestMeasures;
  /** Of the caller: two letters; empty where the platform does not say. */
  readonly continent: string;
  /** Workers that this isolate sends nothing to at the moment, having found them dead or slow. */
  readonly workersShutOut: number;
}

/** Texts by their column: the first is `blob1` in SQL. New ones go to the end, or kept data points change their meaning. */
export const textColumns: readonly (readonly [name: string, read: (request: AnsweredRequest) => string])[] = [
  ['route', ({ route }) => route],
  ['method', ({ method }) => method],
  ['status', ({ status }) => String(status)],
  ['error code', ({ error }) => error],
  ['cache', ({ cache }) => cache.toLowerCase()],
  ['continent', ({ continent }) => continent],
];

/** Numbers by their column: the first is `double1`. */
export const numberColumns: readonly (readonly [name: string, read: (request: AnsweredRequest) => number])[] = [
  ['milliseconds', ({ milliseconds }) => milliseconds],
  ['milliseconds of the slowest worker', ({ workerMilliseconds }) => workerMilliseconds ?? 0],
  ['documents', ({ measures }) => measures.documents?.count ?? 0],
  ['documents from the score cache', ({ measures }) => measures.documents?.cached ?? 0],
  ['calls of workers', ({ measures }) => measures.calls.call],
  ['retries among them', ({ measures }) => measures.calls.retry],
  ['hedges among them', ({ measures }) => measures.calls.hedge],
  ['failed calls', ({ measures }) => measures.calls.failure],
  ['workers shut out', ({ workersShutOut }) => workersShutOut],
];

/** One data point a request. Where there are too many, the platform samples by the index: a rare route is then not lost beside a busy one. */
export function requestDataPoint(request: AnsweredRequest): Parameters<MetricsDataset['writeDataPoint']>[0] {
  return {
    indexes: [request.route],
    blobs: textColumns.map(([, read]) => read(request)),
    doubles: numberColumns.map(([, read]) => read(request)),
  };
}
