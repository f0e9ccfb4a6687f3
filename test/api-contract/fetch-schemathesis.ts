import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonEnvironment } from '#test/support/python-environment.ts';

/** Every version pinned: schemathesis, and what it brings along. */
const requirementsPath = join(import.meta.dirname, 'requirements.txt');

/** Puts schemathesis into an environment in `folder` (git-ignored), another one for other pins, and returns its interpreter. Rejects with what pip said. */
export async function fetchSchemathesis(
  folder: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const pins = createHash('sha256')
    .update(await readFile(requirementsPath))
    .digest('hex');
  const place = join(folder, `schemathesis-${pins.slice(0, 12)}`);
  const onFetch = () => say(`Fetching schemathesis into ${place} (once).`);
  return pythonEnvironment({ place, requirements: ['-r', requirementsPath], onFetch, signal });
}
