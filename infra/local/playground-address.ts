import type { LocalStack } from '#infra/local/local-stack.ts';

/**
 * The playground with the key in the address's fragment, which browsers send to nobody. The page takes it out of the address at once
 * (edge/playground/access/take-key.ts). For keys of this machine only: what is opened may stay in a browser's history.
 */
export function playgroundAddress({ url, apiKey }: Pick<LocalStack, 'url' | 'apiKey'>): string {
  return `${url}/#key=${apiKey}`;
}
