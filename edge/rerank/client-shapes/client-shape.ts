import type { JsonObject } from '#edge/rerank/normalise-rerank-body.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';

/** One API's way to write a rerank: how its body is recognised and translated, and how its answer looks. */
export interface ClientShape {
  /** Whether a body is written this way. */
  readonly matches: (body: JsonObject) => boolean;
  /** The body in the fields of RerankRequest; values are not judged here. */
  readonly toCanonical: (body: JsonObject) => JsonObject;
  /** The client's own names of canonical fields, for errors. */
  readonly fieldNames: Readonly<Record<string, string>>;
  readonly respond: (outcome: RerankOutcome) => object;
  /** Which error body its readers understand. */
  readonly errorShape: 'superset' | 'tei';
}
