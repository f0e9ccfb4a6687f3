import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ToolName, type ToolSource, toolTable } from '#infra/tools/tool-table.ts';

/** Tools lie beside what else is made here and ignored by git; deleting the folder costs one `npm run tools`. */
export const toolsFolder = join(import.meta.dirname, '../../.hintrank/tools');

export const requirementsPath = join(import.meta.dirname, 'requirements.txt');

/** The folder of the Python packages, another one for each text of requirements.txt. */
export function pythonFolder(): string {
  const digest = createHash('sha256').update(readFileSync(requirementsPath)).digest('hex');
  return join(toolsFolder, `python-${digest.slice(0, 12)}`);
}

/** Where a tool's folder is; its name changes with the version, so that an old one is never taken for it. */
export function toolFolder(name: ToolName): string {
  const source: ToolSource = toolTable[name];
  if (source.kind === 'python') return pythonFolder();
  return join(toolsFolder, source.kind === 'go' ? `${name}-${source.version}` : `${name}-debian`);
}

function programPath(name: ToolName): string {
  const source: ToolSource = toolTable[name];
  return join(toolFolder(name), source.kind === 'go' ? (source.program ?? name) : source.path);
}

/**
 * The program of a tool that was installed.
 * @throws Error that says how to get it
 */
export function findTool(name: ToolName): string {
  const path = programPath(name);
  if (!existsSync(path)) throw new Error(`${name} is not there (${path}): run \`npm run tools\`.`);
  return path;
}
