import type { z } from 'zod';
import { describeIssue, fieldName } from '#edge/rerank/describe-issue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Problems named in one answer. */
const describedIssuesMax = 3;

/** A body or a query of a route of our own. Throws ServiceError `invalid_request` that names the field, its value and the limit. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const sentences = issues.slice(0, describedIssuesMax).map((issue) => describeIssue(issue, input, (field) => field));
  const more = issues.length - describedIssuesMax;
  const message = [...sentences, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  const path = issues[0]?.path ?? [];
  throw new ServiceError('invalid_request', message, path.length === 0 ? {} : { param: fieldName(path) });
}
