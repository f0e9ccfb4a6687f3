import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWrangler } from '#infra/local/processes/start-wrangler.ts';
import { writePrivateFile } from '#infra/local/state/write-private-file.ts';
import { describeEdge, type EdgeFolder, prepareEdgeDatabase, writeEdgeSecrets } from '#test/support/start-edge.ts';

/** Secrets of a version of the edge; each may be a list, as while it rotates. */
export type EdgeVersionSecrets = Pick<EdgeFolder['secrets'], 'worker_signing_key' | 'api_key_pepper'>;

export interface EdgeVersions {
  readonly url: string;
  readonly apiKey: string;
  /** Requests that begin from now on go there. */
  switchTo(version: string): Promise<void>;
  /** Runs one statement on the database that serves, and returns its rows. */
  runSql(statement: string): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

/** Uploaded versions of the real edge by their names, none of them deployed yet, over one database, in one workerd. Stopping leaves the folder to its owner. */
export async function startEdgeVersions(
  folder: EdgeFolder,
  secrets: Readonly<Record<string, EdgeVersionSecrets>>,
  variables: Readonly<Record<string, string>>,
): Promise<EdgeVersions> {
  const dataFolder = join(folder.path, 'state');
  const versions = Object.entries(secrets).map(([binding, own]) => ({
    ...{ binding, own, service: binding.toLowerCase().replaceAll('_', '-') },
  }));
  const configPaths: string[] = [];
  for (const { service, own } of versions) {
    const path = join(folder.path, service);
    await mkdir(path, { recursive: true });
    const configuration = { ...(await describeEdge(variables)), name: service };
    await writePrivateFile(join(path, 'wrangler.json'), JSON.stringify(configuration));
    await writeEdgeSecrets(path, { ...folder.secrets, ...own });
    configPaths.push(join(path, 'wrangler.json'));
  }
  const { compatibility_date, d1_databases } = await describeEdge(variables);
  const platform = {
    ...{ name: 'platform', main: fileURLToPath(new URL('./version-switch.ts', import.meta.url)) },
    ...{ compatibility_date, d1_databases, services: versions.map(({ binding, service }) => ({ binding, service })) },
  };
  const configPath = join(folder.path, 'wrangler.json');
  await writePrivateFile(configPath, JSON.stringify(platform));
  await prepareEdgeDatabase(folder, configPath, dataFolder);
  const running = await startWrangler({
    configPath,
    stateFolder: folder.path,
    dataFolder,
    port: 0,
    logFile: join(folder.path, 'edge.log'),
    moreFlags: configPaths.flatMap((path) => ['--config', path]),
    signal: new AbortController().signal,
  });
  const ask = async (path: string, method: string, body: string) => {
    const response = await fetch(`${running.url}/operations/${path}`, { method, body });
    if (!response.ok) throw new Error(`${method} /operations/${path} was answered ${response.status}`);
    return response;
  };
  return {
    url: running.url,
    apiKey: folder.secrets.api_key,
    async switchTo(version) {
      await ask('version', 'PUT', version);
    },
    runSql: async (statement) => (await (await ask('sql', 'POST', statement)).json()) as readonly unknown[],
    stop: () => running.stop(4_000),
  };
}
