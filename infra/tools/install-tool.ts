import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findPip } from '#gpu-worker/model-store/find-pip.ts';
import { runProgram } from '#gpu-worker/model-store/run-program.ts';
import { requirementsPath, toolFolder, toolsFolder } from '#infra/tools/tool-paths.ts';
import { type ToolName, type ToolSource, toolTable } from '#infra/tools/tool-table.ts';

/**
 * Installs one tool, where its folder is not there yet; the folder appears whole or not at all.
 * @returns whether there was something to do
 * @throws Error that names the tool, what was run, and the end of what it said
 */
export async function installTool(name: ToolName): Promise<boolean> {
  const folder = toolFolder(name);
  if (existsSync(folder)) return false;
  await mkdir(toolsFolder, { recursive: true });
  const staging = await mkdtemp(join(toolsFolder, '.installing-'));
  try {
    const made = await fetchInto(name, toolTable[name], staging);
    await chmod(made, 0o755);
    await rename(made, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return true;
}

/** The folder with the tool, somewhere in `staging`. */
async function fetchInto(name: ToolName, source: ToolSource, staging: string): Promise<string> {
  const made = join(staging, 'made');
  await mkdir(made);
  switch (source.kind) {
    case 'go':
      await run(name, ['go', 'install', `${source.package}@${source.version}`], { GOBIN: made });
      return made;
    case 'python': {
      const pip = await findPip(process.env);
      const flags = ['--no-deps', '--only-binary', ':all:', '--quiet', '--disable-pip-version-check', '--no-input'];
      await run(name, [...pip, 'install', ...flags, '--target', made, '--requirement', requirementsPath], {});
      return made;
    }
    case 'debian': {
      // apt downloads as a user of its own, which must be able to write here.
      const get = `apt-get download -q ${source.package}`;
      // A new machine has no list of packages yet.
      const download = `cd ${staging} && (${get} || (apt-get update -q && ${get})) && dpkg -x ${source.package}_*.deb made`;
      await chmod(staging, 0o777);
      await run(name, ['sh', '-c', download], {});
      return made;
    }
  }
}

async function run(
  name: ToolName,
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const result = await runProgram(command, { ...process.env, ...variables });
  const shown = command.join(' ');
  if (result === 'not-found') {
    const remedy = command[0] === 'go' ? ' Install Go 1.26 or newer (https://go.dev/dl, or your distribution).' : '';
    throw new Error(`${name}: there is no ${command[0]} here, which \`${shown}\` needs.${remedy}`);
  }
  if (result.exitCode !== 0) {
    throw new Error(`${name}: \`${shown}\` ended with status ${result.exitCode}:\n${result.output.slice(-2_000)}`);
  }
}
