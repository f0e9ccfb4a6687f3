import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '#infra/tools/tool-paths.ts';
import { writeCustomResourceSchemas, writeKubernetesSchemas } from '#infra/tools/write-kubernetes-schemas.ts';
import { chartFolder, renderText } from '#test/support/render-chart.ts';

const profiles = (await Array.fromAsync(glob('profiles/*.yaml', { cwd: chartFolder }))).sort();

/** The oldest version that the chart allows, and the newest whose schemas there are. */
const kubernetesVersions = ['1.30', '1.37'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-schemas-'));
  writeCustomResourceSchemas(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What kubeconform finds, no kind without a schema and no field that a schema does not have. */
function conform(manifests: string): { readonly status: number | null; readonly output: string } {
  const location = join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');
  const flags = ['-strict', '-schema-location', location, '-summary'];
  const { status, stdout, stderr } = spawnSync(findTool('kubeconform'), flags, { input: manifests, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

it('there are profiles for CPUs, GPUs, scaling to zero and training', () => {
  expect(profiles).toEqual(['cpu', 'cuda', 'scale-to-zero', 'training'].map((name) => `profiles/${name}.yaml`));
});

describe.each(profiles)('%s', (profile) => {
  it('is fine by helm lint', () => {
    const flags = [
      'lint',
      chartFolder,
      '--strict',
      '--quiet',
      '--values',
      join(chartFolder, profile),
      '--kube-version',
      '1.34.0',
    ];
    // What Helm says on standard error is that the rules are a link.
    const { status, stdout } = spawnSync(findTool('helm'), flags, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

describe.each(kubernetesVersions)('Kubernetes %s', (version) => {
  beforeAll(() => writeKubernetesSchemas(folder, version));

  it.each(profiles)('takes every manifest of %s', (profile) => {
    const { status, output } = conform(renderText({ profiles: [profile], kubernetesVersion: `${version}.0` }));
    expect(output).toMatch(
      /^Summary: \d{2,} resources found parsing stdin - Valid: \d+, Invalid: 0, Errors: 0, Skipped: 0\n$/,
    );
    expect(status).toBe(0);
  });

  it.each([
    ['a field that is misspelt', 'profiles/cpu.yaml', 'readOnlyRootFilesystem', 'readOnlyRootFileSystem'],
    ['a number that is a word', 'profiles/cpu.yaml', 'containerPort: 8790', 'containerPort: http'],
    ['a field that KEDA does not have', 'profiles/scale-to-zero.yaml', 'maxReplicaCount', 'maxReplicas'],
    ['a field that a PodMonitor does not have', 'profiles/cpu.yaml', 'podMetricsEndpoints', 'endpoints'],
    ['a kind without a schema', 'profiles/cpu.yaml', 'kind: PodDisruptionBudget', 'kind: PodDisruptionBudgets'],
  ])('would not take %s', (_case, profile, right, wrong) => {
    const rendered = renderText({ profiles: [profile], kubernetesVersion: `${version}.0` });
    expect(rendered).toContain(right);
    expect(conform(rendered.replace(right, wrong)).status).toBe(1);
  });
});
