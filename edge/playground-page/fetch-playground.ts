import type { Fetcher } from '@cloudflare/workers-types';
import { playgroundPolicy } from '#edge/playground-page/playground-policy.ts';

/** Answers with the playground's page; `url` — the request's, `ifNoneMatch` — its header of this name. */
export type FetchPlayground = (url: string, ifNoneMatch?: string) => Promise<Response>;

/** The page from the static assets, with the headers that make it safe; undefined without assets. */
export function createPlaygroundFetch(assets: Fetcher | undefined): FetchPlayground | undefined {
  if (assets === undefined) return undefined;
  return async (url, ifNoneMatch) => {
    const headers: Record<string, string> = ifNoneMatch === undefined ? {} : { 'If-None-Match': ifNoneMatch };
    const page = await assets.fetch(new URL('/', url).href, { headers });
    const response = new Response(page.body as ReadableStream | null, page as ResponseInit);
    for (const [name, value] of Object.entries(playgroundPolicy)) response.headers.set(name, value);
    return response;
  };
}
