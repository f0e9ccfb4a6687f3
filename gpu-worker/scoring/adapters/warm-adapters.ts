import type { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';

const nobody = new AbortController().signal;

/** Loads the pinned adapters one after the other, so that their first request does not wait. One that cannot be loaded is reported, and tried again when it is asked for. */
export async function warmAdapters(
  adapters: Pick<LoadedAdapters, 'use'>,
  digests: Iterable<string>,
  onFault: (error: unknown) => void,
): Promise<void> {
  for (const digest of digests) {
    await adapters.use({ digest, name: digest.slice(0, 12) }, nobody, () => Promise.resolve()).catch(onFault);
  }
}
