import type { z } from 'zod';
import type { Connection } from '#cli/api-client/connection.ts';
import { type ApiRequest, fetchApi } from '#cli/api-client/fetch-api.ts';

export interface ApiCall<Schema extends z.ZodType> extends ApiRequest {
  /** Of the answer. */
  readonly schema: Schema;
}

/** One call of the API, answered with JSON. Throws an Error with one sentence: as fetchApi does, and where the answer is not what the API answers. */
export async function callApi<Schema extends z.ZodType>(
  connection: Connection,
  { schema, ...request }: ApiCall<Schema>,
): Promise<z.output<Schema>> {
  const response = await fetchApi(connection, request);
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const { method, path } = request;
  throw new Error(
    `${connection.url} does not answer ${method} ${path} as Hintrank does; is it another service, or another version?`,
  );
}
