import type { ScoreRequest } from '#shared/protocol/score.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';

export interface ScoreCacheKeyParts {
  readonly tenantId: string;
  /** The workers' own, see the protocol: model, arithmetic, constants and version. */
  readonly scoringFingerprint: string;
  readonly request: Pick<ScoreRequest, 'model' | 'adapter' | 'template' | 'query' | 'max_tokens_per_doc' | 'chunks'>;
}

/** Raised where the meaning of an entry changes. */
const keyVersion = 2;

/**
 * SHA-256, hex, over everything that changes a document's score, and the tenant, which never does: no tenant meets another's entries, not even by
 * timing. An adapter counts by its digest, so a new version under an old name has entries of its own. The query is in the key only as this hash.
 */
export async function scoreCacheKey({ tenantId, scoringFingerprint, request }: ScoreCacheKeyParts): Promise<string> {
  const { model, adapter, template, query, max_tokens_per_doc, chunks } = request;
  const parts = [
    keyVersion,
    tenantId,
    scoringFingerprint,
    model,
    adapter?.digest ?? null,
    template ?? null,
    max_tokens_per_doc,
    chunks === undefined ? null : [chunks.tokens, chunks.overlap, chunks.count_max],
    query,
  ];
  return digestBody(new TextEncoder().encode(JSON.stringify(parts)));
}
