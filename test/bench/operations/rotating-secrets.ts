import type { EdgeVersionSecrets } from '#test/bench/operations/start-edge-versions.ts';

interface OldAndNew {
  readonly old: string;
  readonly new: string;
}

export interface Rotation {
  /** Of calls to workers; base64url. */
  readonly signingKeys: OldAndNew;
  /** Of API keys. */
  readonly peppers: OldAndNew;
}

/** The versions of the edge of two rotations, one after the other, as infra/runbooks/key-leak.md has them: the first of a list is used, all are taken. */
export function rotatingSecrets({ signingKeys, peppers }: Rotation): Record<string, EdgeVersionSecrets> {
  const version = (worker_signing_key: string, api_key_pepper: string) => ({ worker_signing_key, api_key_pepper });
  return {
    EDGE_1: version(signingKeys.old, peppers.old),
    EDGE_2: version(`${signingKeys.new},${signingKeys.old}`, peppers.old),
    EDGE_3: version(signingKeys.new, peppers.old),
    EDGE_4: version(signingKeys.new, `${peppers.old},${peppers.new}`),
    EDGE_5: version(signingKeys.new, `${peppers.new},${peppers.old}`),
    EDGE_6: version(signingKeys.new, peppers.new),
  };
}
