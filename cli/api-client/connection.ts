import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '#cli/command-line/usage-error.ts';

/** An API and a key for it. */
export interface Connection {
  /** Without a slash at the end. */
  readonly url: string;
  readonly key: string;
}

export interface ConnectionSources {
  /** `--url`. */
  readonly url: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Folder in which a running local stack describes itself. */
  readonly stateFolder: string;
}

/** The flag of every command that calls an API. The key has none: command lines are seen by every process of the machine. */
export const connectionFlags = {
  url: {
    type: 'string',
    valueHint: 'URL',
    description: 'The API, with its key in HINTRANK_API_KEY. Without it: HINTRANK_URL, or the local stack that runs.',
  },
} as const;

const localSchema = z.object({ url: z.string(), api_key: z.string() });

/**
 * Which API is meant, and the key for it. A key of the environment is only sent where a URL was named.
 * @throws UsageError saying what to set
 */
export async function findConnection({ url, variables, stateFolder }: ConnectionSources): Promise<Connection> {
  const named = url ?? (variables['HINTRANK_URL'] || undefined);
  if (named === undefined) return readLocal(join(stateFolder, 'local.json'));
  const key = variables['HINTRANK_API_KEY'] ?? '';
  if (key === '') throw new UsageError('HINTRANK_API_KEY is not set; it must hold a key of the API.');
  return { url: checkUrl(named), key };
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`The URL of the API must begin with https:// or http://, not "${text}".`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UsageError(`The key would travel to ${url.host} unencrypted; use https://.`);
  }
  return text.replace(/\/+$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}

async function readLocal(path: string): Promise<Connection> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new UsageError('No API is named and no local stack runs: set --url and HINTRANK_API_KEY, or run npm start.');
  }
  const { url, api_key: key } = localSchema.parse(JSON.parse(text));
  return { url, key };
}
