import { createHash } from 'node:crypto';
import {
  type AdapterAliasResponse,
  adapterAliasSchema,
  type UploadedVersionResponse,
  uploadedVersionSchema,
} from '#shared/protocol/adapter-response.ts';
import { type ErrorBody, errorBodySchema } from '#shared/protocol/error-body.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A tenant's calls to a running edge. */
export function createAdapterApi(url: string, apiKey: string) {
  const call = async (method: string, path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Answer> => {
    const headers = { Authorization: `Bearer ${apiKey}`, ...init.headers };
    const response = await fetch(url + path, { ...init, method, headers });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const json = (method: string, path: string, body: unknown) =>
    call(method, path, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  return {
    call,
    json,
    put: async (name: string, file: Uint8Array<ArrayBuffer>): Promise<UploadedVersionResponse> =>
      uploadedVersionSchema.parse(expectOk(await call('PUT', `/v1/adapters/${name}`, { body: file }))),
    alias: async (name: string, alias: string, version: number): Promise<AdapterAliasResponse> =>
      adapterAliasSchema.parse(expectOk(await json('PUT', `/v1/adapters/${name}/aliases/${alias}`, { version }))),
    rollBack: async (name: string, alias: string): Promise<AdapterAliasResponse> =>
      adapterAliasSchema.parse(expectOk(await json('POST', `/v1/adapters/${name}/aliases/${alias}/rollback`, {}))),
    /** The scored model and the documents' log-likelihoods, in the order of the request. */
    rerank: async (model: string, query: string, documents: readonly string[]) => {
      const body = expectOk(await json('POST', '/v2/rerank', { model, query, documents }));
      const { model: scoredBy, results } = rerankResponseSchema.parse(body);
      const inOrder = results.toSorted((left, right) => left.index - right.index);
      return { model: scoredBy, likelihoods: inOrder.map((result) => result.mean_log_likelihood) };
    },
  };
}

export type AdapterApi = ReturnType<typeof createAdapterApi>;

/** The body of an answer that must be a success; anything else is shown whole. */
export function expectOk({ status, body }: Answer): unknown {
  if (status < 300) return body;
  throw new Error(`status ${status}: ${JSON.stringify(body)}`);
}

/** The status and the error of an answer that must be none. */
export function errorOf({ status, body }: Answer): { status: number; error: ErrorBody['error'] } {
  return { status, error: errorBodySchema.parse(body).error };
}

/** SHA-256, hex. */
export function digestOf(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}
