import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { wranglerCommand, wranglerEnvironment } from '#cli/wrangler/wrangler-command.ts';

/** Lines of wrangler's output that a failure shows. */
const shownLinesMax = 3;

/** Runs one wrangler command to its end, and returns its standard output; `signal` ends it. Throws an Error with the first lines that it wrote about its failure. */
export async function runWrangler(args: readonly string[], stateFolder: string, signal: AbortSignal): Promise<string> {
  const [program, ...words] = wranglerCommand(...args);
  try {
    return (await promisify(execFile)(program, words, { env: wranglerEnvironment(stateFolder), signal })).stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`wrangler ${args.slice(0, 2).join(' ')} failed: ${describeOutput(error)}`);
  }
}

function describeOutput(error: unknown): string {
  const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
  const lines = stripVTControlCharacters(`${stderr}\n${stdout}`)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /\p{L}/u.test(line));
  const faults = lines.filter((line) => /error/i.test(line));
  return (faults.length > 0 ? faults : lines).slice(0, shownLinesMax).join(' ') || String(error);
}
