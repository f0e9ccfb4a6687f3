import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The command of the installed wrangler under this very Node, without a shell and without the PATH. */
export function wranglerCommand(...args: readonly string[]): [string, ...string[]] {
  const manifest = require.resolve('wrangler/package.json');
  return [process.execPath, join(dirname(manifest), 'bin', 'wrangler.js'), ...args];
}

/** Variables under which wrangler stays on this machine: no metrics, no look-up of the caller's place, no questions, no files in the home folder. */
export function wranglerEnvironment(stateFolder: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(inherited),
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    WRANGLER_REGISTRY_PATH: join(stateFolder, 'registry'),
  };
}
