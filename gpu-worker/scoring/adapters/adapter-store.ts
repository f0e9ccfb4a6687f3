import type { AdapterReference } from '#gpu-worker/scoring/adapters/adapter-reference.ts';

/** Where adapter files lie. */
export interface AdapterStore {
  /**
   * The file's bytes, whose SHA-256 is the digest. `reserve` is told the size before the first byte is read and may throw.
   * Throws ServiceError: `adapter_not_found`, `adapter_unavailable` (store gone, transfer broken, bytes of another digest), `invalid_adapter` (too large).
   */
  fetch(adapter: AdapterReference, reserve: (bytes: number) => void): Promise<Uint8Array>;
}
