import { installTool } from '#infra/tools/install-tool.ts';
import { findTool } from '#infra/tools/tool-paths.ts';
import { type ToolName, toolTable } from '#infra/tools/tool-table.ts';

/** `npm run tools [-- NAME…]`: installs the named tools, or all, and prints where each is. Status 1 with a sentence for each that cannot be had. */
const known = Object.keys(toolTable) as ToolName[];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(known as string[]).includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No such tool: ${unknown.join(', ')}. There are ${known.join(', ')}.\n`);
  process.exit(1);
}
// One after the other: building with Go takes every core by itself.
for (const name of asked.length === 0 ? known : (asked as ToolName[])) {
  try {
    const startedAtMs = Date.now();
    const installed = await installTool(name);
    const note = installed ? ` (installed in ${Math.round((Date.now() - startedAtMs) / 1_000)} s)` : '';
    process.stdout.write(`${name}: ${findTool(name)}${note}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
