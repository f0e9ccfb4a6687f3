import type { StoredApiKey } from '#edge/api-keys/key-lookup.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import type { EdgeBindings } from '#edge/environment.ts';
import type { StreamEnd } from '#edge/http/watch-stream.ts';
import type { RequestFault } from '#edge/telemetry/request-line.ts';
import type { RequestMeasures } from '#edge/telemetry/request-measures.ts';
import type { UsageCounts } from '#edge/usage/usage-counts.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import type { ScoreTiming } from '#shared/protocol/score.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

/** What middleware leaves for handlers; each entry is set by the middleware named in its comment. */
export interface AppEnvironment {
  readonly Bindings: EdgeBindings;
  readonly Variables: {
    /** assign-request-id */
    requestId: string;
    /** provide-dependencies */
    dependencies: Dependencies;
    /** trace-request; unset where tracing is off. */
    trace?: TraceSpan;
    /** measure-time: unix milliseconds at which the request came. */
    startedAtMs: number;
    /** measure-time; filled by routes that score. */
    measures: RequestMeasures;
    /** measure-time; filled by the rerank route: milliseconds of the slowest worker, and what they went into. */
    timing: { workerMs?: number; workerTiming?: ScoreTiming | undefined };
    /** authenticate-api-key */
    apiKey: StoredApiKey;
    /** Routes that use tokens, when they have succeeded; meter-usage counts it. */
    usage?: Omit<UsageCounts, 'requests'>;
    /** The rerank route, as soon as the body's shape is known; unset: the superset body. */
    errorShape?: 'superset' | 'tei';
    /** handle-errors, where it writes the answer: the error's code, and for the log what is known of a fault. */
    errorCode?: ErrorCode;
    fault?: RequestFault;
    /** Routes whose answer is a stream; log-request waits for it. */
    streamEnd?: Promise<StreamEnd>;
  };
}
