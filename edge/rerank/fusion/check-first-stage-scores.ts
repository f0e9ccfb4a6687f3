import { formatCount } from '#edge/format-count.ts';
import { firstStageScore } from '#edge/rerank/first-stage-score.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { RerankRequest } from '#shared/protocol/rerank-request.ts';

/**
 * That every document has the score that the fusion of the request needs. Throws ServiceError `invalid_request` naming the first that has none.
 * @param field the client's own name of `documents`
 */
export function checkFirstStageScores({ documents, fusion }: RerankRequest, field: string): void {
  if (fusion === undefined || fusion.method === 'none') return;
  const lacking = documents.flatMap((document, index) => (firstStageScore(document) === undefined ? [index] : []));
  const [first] = lacking;
  if (first === undefined) return;
  const name = `${field}[${first}]`;
  const count = `${formatCount(lacking.length)} of ${formatCount(documents.length)} have none`;
  const message = `${name} has no number under "score" (at most 1e9 in size), which fusion "${fusion.method}" needs of every document; ${count}`;
  throw new ServiceError('invalid_request', message, { param: name });
}
