import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { findTool } from '#infra/tools/tool-paths.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

export const chartFolder = join(repositoryFolder, 'infra/kubernetes/hintrank');

/** What every test reads of a manifest; the rest is looked at by schema or by path. */
const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface RenderOptions {
  /** Files with values, from the chart's folder. */
  readonly profiles: readonly string[];
  /** Further values, `key=value` as `helm --set` takes them. */
  readonly set?: readonly string[];
  readonly kubernetesVersion?: string;
}

/** The chart's manifests as Helm prints them. Throws with Helm's sentence when values are missing or not in the schema. */
export function renderText({ profiles, set = [], kubernetesVersion = '1.34.0' }: RenderOptions): string {
  const values = profiles.flatMap((profile) => ['--values', join(chartFolder, profile)]);
  const sets = set.flatMap((each) => ['--set', each]);
  const release = ['template', 'region', chartFolder, '--namespace', 'hintrank', '--kube-version', kubernetesVersion];
  return execFileSync(findTool('helm'), [...release, ...values, ...sets], { encoding: 'utf8', stdio: 'pipe' });
}

export function renderChart(options: RenderOptions): Manifest[] {
  return parseAllDocuments(renderText(options), { merge: true })
    .map((document) => document.toJS())
    .filter((value) => value !== null)
    .map((value) => manifestSchema.parse(value));
}

/** The one manifest of a kind and a name. */
export function findManifest(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((each) => each.kind === kind && each.metadata.name === name);
  const [manifest] = found;
  if (manifest === undefined || found.length > 1)
    throw new Error(`${found.length} manifests are ${kind} ${name}, not 1`);
  return manifest;
}
