import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { describeIssue, fieldName } from '#edge/rerank/describe-issue.ts';
import { documentText } from '#edge/rerank/document-text.ts';
import { checkFirstStageScores } from '#edge/rerank/fusion/check-first-stage-scores.ts';
import { type JsonObject, normaliseRerankBody } from '#edge/rerank/normalise-rerank-body.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { type RerankRequest, rerankRequestSchema } from '#shared/protocol/rerank-request.ts';

export interface ParsedRerank {
  readonly request: RerankRequest;
  /** What is scored of each document, in order; none is empty. */
  readonly texts: readonly string[];
}

/** Problems named in one answer. */
const describedIssuesMax = 3;

/** Reads a client's body into the canonical request. Throws ServiceError `invalid_request` that names field, value and limit in the client's own words. */
export function parseRerankRequest(shape: ClientShape, body: JsonObject): ParsedRerank {
  const rename = (field: string) => shape.fieldNames[field] ?? field;
  const input = normaliseRerankBody(shape.toCanonical(body));
  const parsed = rerankRequestSchema.safeParse(input);
  if (!parsed.success) throw invalidRequest(parsed.error.issues, input, rename);
  const request = parsed.data;
  const texts = request.documents.map((document, index) =>
    documentText({ document, name: `${rename('documents')}[${index}]`, rankFields: request.rank_fields }),
  );
  checkFirstStageScores(request, rename('documents'));
  return { request, texts };
}

type Issues = Parameters<typeof describeIssue>[0][];

function invalidRequest(issues: Issues, input: unknown, rename: (field: string) => string): ServiceError {
  const sentences = issues.slice(0, describedIssuesMax).map((issue) => describeIssue(issue, input, rename));
  const more = issues.length - describedIssuesMax;
  const message = [...sentences, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  const [root, ...rest] = issues[0]?.path ?? [];
  const param = root === undefined ? {} : { param: fieldName([rename(String(root)), ...rest]) };
  return new ServiceError('invalid_request', message, param);
}
