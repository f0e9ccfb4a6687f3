import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pythonFolder } from '#infra/tools/tool-paths.ts';

/** The kinds of Kubernetes itself that the chart may make, by the name that kubeconform asks for. Another kind has no schema, and is refused. */
const builtInKinds = [
  'configmap-v1',
  'deployment-apps-v1',
  'networkpolicy-networking-v1',
  'poddisruptionbudget-policy-v1',
  'service-v1',
  'serviceaccount-v1',
];

const definitionsSchema = z.object({ $defs: z.record(z.string(), z.unknown()) });

/**
 * Writes one self-contained, strict JSON schema for each kind of Kubernetes itself into `folder`, `KIND-GROUP-VERSION.json`, from its API description.
 * @param kubernetesVersion `1.34`, one that the package kubernetes-validate has
 */
export function writeKubernetesSchemas(folder: string, kubernetesVersion: string): void {
  const source = join(
    pythonFolder(),
    `kubernetes_validate/kubernetes-json-schema/v${kubernetesVersion}.0-local-strict`,
  );
  const { $defs } = definitionsSchema.parse(JSON.parse(readFileSync(join(source, '_definitions.json'), 'utf8')));
  for (const name of builtInKinds) {
    const { $id: _, ...schema } = JSON.parse(readFileSync(join(source, `${name}.json`), 'utf8'));
    writeFileSync(join(folder, `${name}.json`), withOwnDefinitions(schema, $defs));
  }
}

/** Writes the schemas of KEDA's and the Prometheus operator's kinds, from their CRDs. */
export function writeCustomResourceSchemas(folder: string): void {
  const script = join(import.meta.dirname, 'print-custom-resource-schemas.py');
  const printed = execFileSync('python3', [script], {
    env: { ...process.env, PYTHONPATH: pythonFolder() },
    maxBuffer: 64 * 2 ** 20,
    encoding: 'utf8',
  });
  for (const [name, schema] of Object.entries(z.record(z.string(), z.unknown()).parse(JSON.parse(printed)))) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(schema));
  }
}

const reference = /"(?:\/api\/_definitions\.json)?#\/\$defs\/([^"]+)"/g;

/** The schema with all that it refers to beside it, so that nothing is looked up elsewhere. */
function withOwnDefinitions(schema: object, definitions: Readonly<Record<string, unknown>>): string {
  const needed = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(reference)) {
      if (needed.has(name)) continue;
      needed.add(name);
      visit(definitions[name]);
    }
  };
  visit(schema);
  const own = Object.fromEntries([...needed].map((name) => [name, definitions[name]]));
  return JSON.stringify({ ...schema, $defs: own }).replace(reference, '"#/$defs/$1"');
}
