import { describeIssue, fieldName } from '#edge/rerank/describe-issue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Problems named in one answer. */
const describedIssuesMax = 3;

type Issues = Parameters<typeof describeIssue>[0][];

/** What a schema found wrong with a request, in the client's own names of fields. */
export function invalidRequest(issues: Issues, input: unknown, rename: (field: string) => string): ServiceError {
  const sentences = issues.slice(0, describedIssuesMax).map((issue) => describeIssue(issue, input, rename));
  const more = issues.length - describedIssuesMax;
  const message = [...sentences, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  const [root, ...rest] = issues[0]?.path ?? [];
  const param = root === undefined ? {} : { param: fieldName([rename(String(root)), ...rest]) };
  return new ServiceError('invalid_request', message, param);
}
