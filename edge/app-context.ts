import type { StoredApiKey } from '#edge/api-keys/key-lookup.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import type { EdgeBindings } from '#edge/environment.ts';
import type { RequestMeasures } from '#edge/telemetry/request-measures.ts';
import type { UsageCounts } from '#edge/usage/usage-counts.ts';
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
    /** record-metrics; unset where no metrics are kept. */
    measures?: RequestMeasures;
    /** trace-request; unset where tracing is off. */
    trace?: TraceSpan;
    /** measure-time: unix milliseconds at which the request came. */
    startedAtMs: number;
    /** measure-time; filled by the rerank route: milliseconds of the slowest worker, and what they went into. */
    timing: { workerMs?: number; workerTiming?: ScoreTiming | undefined };
    /** authenticate-api-key */
    apiKey: StoredApiKey;
    /** Routes that use tokens, when they have succeeded; meter-usage counts it. */
    usage?: Omit<UsageCounts, 'requests'>;
    /** The rerank route, as soon as the body's shape is known; unset: the superset body. */
    errorShape?: 'superset' | 'tei';
  };
}
