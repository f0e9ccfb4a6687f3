import { createProcessIo } from '#cli/command-line/create-process-io.ts';
import { runCommandLine } from '#cli/command-line/run-command-line.ts';
import packageJson from '../package.json' with { type: 'json' };

const debug = (process.env['HINTRANK_DEBUG'] ?? '') !== '';
process.exitCode = await runCommandLine(process.argv.slice(2), createProcessIo(), {
  version: packageJson.version,
  debug,
});
