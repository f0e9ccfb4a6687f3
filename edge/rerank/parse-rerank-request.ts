import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { checkDocumentLength } from '#edge/rerank/document-length.ts';
import { documentText } from '#edge/rerank/document-text.ts';
import { checkFirstStageScores } from '#edge/rerank/fusion/check-first-stage-scores.ts';
import { invalidRequest } from '#edge/rerank/invalid-request.ts';
import { type JsonObject, normaliseRerankBody } from '#edge/rerank/normalise-rerank-body.ts';
import { type RerankRequest, rerankRequestSchema } from '#shared/protocol/rerank-request.ts';

export interface ParsedRerank {
  readonly request: RerankRequest;
  /** What is scored of each document, in order; none is empty. */
  readonly texts: readonly string[];
}

/** Reads a client's body into the canonical request. Throws ServiceError `invalid_request` that names field, value and limit in the client's own words. */
export function parseRerankRequest(shape: ClientShape, body: JsonObject): ParsedRerank {
  const rename = (field: string) => shape.fieldNames[field] ?? field;
  const input = normaliseRerankBody(shape.toCanonical(body));
  const parsed = rerankRequestSchema.safeParse(input);
  if (!parsed.success) throw invalidRequest(parsed.error.issues, input, rename);
  const request = parsed.data;
  checkDocumentLength(request);
  const texts = request.documents.map((document, index) =>
    documentText({ document, name: `${rename('documents')}[${index}]`, rankFields: request.rank_fields }),
  );
  checkFirstStageScores(request, rename('documents'));
  return { request, texts };
}
