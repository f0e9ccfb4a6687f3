import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEnvironment } from '#gpu-worker/environment.ts';
import { createWorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { readRules } from '#infra/monitoring/monitored-queries.ts';
import { metricNames } from '#infra/monitoring/query-names.ts';
import { findManifest, type Manifest, renderChart, renderText } from '#test/support/render-chart.ts';
import { scalingQueries } from '#test/support/scaling-queries.ts';

const variableSchema = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.looseObject({}).optional(),
});
const containerSchema = z.looseObject({
  env: z.array(variableSchema).default([]),
  securityContext: z.looseObject({}),
  resources: z.object({ requests: z.record(z.string(), z.unknown()), limits: z.record(z.string(), z.unknown()) }),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
  lifecycle: z
    .looseObject({ preStop: z.looseObject({ sleep: z.object({ seconds: z.number() }).optional() }) })
    .optional(),
});
const deploymentSchema = z.object({
  spec: z.object({
    replicas: z.number().optional(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.number(),
        automountServiceAccountToken: z.boolean(),
        securityContext: z.looseObject({}),
        containers: z.tuple([containerSchema]),
      }),
    }),
  }),
});

const profiles = ['cpu', 'cuda', 'scale-to-zero', 'training'].map((name) => `profiles/${name}.yaml`);
const podOf = (manifest: Manifest) => deploymentSchema.parse(manifest).spec.template.spec;

/** Variables of a container; those from a Secret have the value that `secret` says. */
function environmentOf(manifest: Manifest, secret: string): Record<string, string> {
  const [container] = podOf(manifest).containers;
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value ?? secret]));
}

const deploymentsOf = (manifests: readonly Manifest[]) => manifests.filter(({ kind }) => kind === 'Deployment');

describe.each(profiles)('%s', (profile) => {
  const manifests = renderChart({ profiles: [profile] });

  it.each(deploymentsOf(manifests).map((each) => [each.metadata.name, each] as const))(
    '%s runs restricted, with requests and limits',
    (_name, manifest) => {
      const pod = podOf(manifest);
      const [container] = pod.containers;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(Object.keys(container.resources.requests)).toEqual(expect.arrayContaining(['cpu', 'memory']));
      expect(Object.keys(container.resources.limits)).toEqual(expect.arrayContaining(['cpu', 'memory']));
    },
  );

  it('gives workers settings that they start with', () => {
    for (const manifest of deploymentsOf(manifests).filter(({ metadata }) => !metadata.name.endsWith('-gateway'))) {
      const settings = environmentOf(manifest, 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY');
      expect(parseEnvironment(settings)).toMatchObject({
        GPU_WORKER_ROLE: manifest.metadata.name === 'region-trainer' ? 'train' : 'serve',
      });
      // What the schema does not know would be passed over in silence.
      expect(Object.keys(settings).filter((name) => !(name in parseEnvironment(settings)))).toEqual([]);
    }
  });

  it('gives workers two signing keys while they rotate, from one entry of the Secret', () => {
    const [oldKey, newKey] = ['b'.repeat(43), 'c'.repeat(43)];
    for (const manifest of deploymentsOf(manifests).filter(({ metadata }) => !metadata.name.endsWith('-gateway'))) {
      const settings = environmentOf(manifest, `${oldKey},${newKey}`);
      expect(parseEnvironment(settings).WORKER_SIGNING_KEY).toHaveLength(2);
    }
  });

  it('names a model, or the image that holds one', () => {
    const worker = findManifest(manifests, 'Deployment', 'region-worker');
    const { image } = z.looseObject({ image: z.string() }).parse(podOf(worker).containers[0]);
    const named = environmentOf(worker, '')['GPU_WORKER_MODEL'];
    expect(named ?? image).toMatch(/^(?:\/models\/.+|hintrank-worker:\d+\.\d+\.\d+)$/);
  });

  it('takes every secret from a Secret that is there', () => {
    const secretish = manifests
      .flatMap((manifest) => (manifest.kind === 'Deployment' ? podOf(manifest).containers[0].env : []))
      .filter(({ name }) => /KEY|SECRET|TOKEN/.test(name));
    expect(secretish.length).toBeGreaterThan(0);
    expect(secretish.filter(({ valueFrom }) => valueFrom?.['secretKeyRef'] === undefined)).toEqual([]);
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('gives a worker longer to end than the worker gives its calls', () => {
    for (const manifest of deploymentsOf(manifests).filter(({ metadata }) => !metadata.name.endsWith('-gateway'))) {
      const pod = podOf(manifest);
      const graceSeconds = Number(environmentOf(manifest, '')['GPU_WORKER_GRACE_SECONDS']);
      const preStopSeconds = pod.containers[0].lifecycle?.preStop.sleep?.seconds ?? 0;
      // The worker's own second to end what is left, and some for the system.
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStopSeconds + graceSeconds + 5);
    }
  });

  it('lets nobody to a worker but the gateway and Prometheus', () => {
    const policy = findManifest(manifests, 'NetworkPolicy', 'region-worker');
    const pod = deploymentSchema.parse(findManifest(manifests, 'Deployment', 'region-worker')).spec.template.metadata
      .labels;
    const rules = z
      .object({
        spec: z.object({
          podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
          ingress: z.array(z.object({ from: z.array(z.unknown()).min(1) })),
        }),
      })
      .parse(policy).spec;
    expect(pod).toMatchObject(rules.podSelector.matchLabels);
    const gateway = deploymentSchema.parse(findManifest(manifests, 'Deployment', 'region-gateway')).spec.template
      .metadata.labels;
    const [first, ...rest] = rules.ingress.flatMap(({ from }) => from);
    expect(gateway).toMatchObject(
      z.object({ podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }).parse(first).podSelector
        .matchLabels,
    );
    expect(rest).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
      },
    ]);
  });
});

describe('the chart', () => {
  it('leaves the number of workers to KEDA where KEDA scales', () => {
    const scaled = renderChart({ profiles: ['profiles/scale-to-zero.yaml'] });
    expect(deploymentSchema.parse(findManifest(scaled, 'Deployment', 'region-worker')).spec.replicas).toBeUndefined();
    expect(findManifest(scaled, 'ScaledObject', 'region-worker')).toMatchObject({
      spec: { minReplicaCount: 0, scaleTargetRef: { name: 'region-worker' } },
    });
    const fixed = renderChart({ profiles: ['profiles/cpu.yaml'] });
    expect(deploymentSchema.parse(findManifest(fixed, 'Deployment', 'region-worker')).spec.replicas).toBe(2);
  });

  it('scales by what workers and gateways show', async () => {
    const asked = scalingQueries().flatMap(metricNames);
    const metrics = createWorkerMetrics();
    metrics.watch(new WorkerState());
    const shown = await metrics.text();
    expect(asked).toEqual([
      'hintrank_worker_queue_wait_seconds_bucket',
      'hintrank_worker_queue_length',
      'envoy_http_downstream_rq_total',
    ]);
    expect(shown).toContain('# TYPE hintrank_worker_queue_wait_seconds histogram');
    expect(shown).toContain('# TYPE hintrank_worker_queue_length gauge');
  });

  it('brings every file of alert rules to the operator', () => {
    const manifests = renderChart({ profiles: ['profiles/cpu.yaml'] });
    const alerts = manifests
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap((each) => [...JSON.stringify(each).matchAll(/"alert":"(\w+)"/g)].map(([, name]) => name));
    expect(alerts.sort()).toEqual(
      readRules()
        .flatMap(({ alert }) => alert ?? [])
        .sort(),
    );
  });

  it('gives a trainer a folder of its own where workers share one', () => {
    const set = ['cache.existingClaim=shared'];
    const manifests = renderChart({ profiles: ['profiles/training.yaml'], set });
    const cacheOf = (name: string) =>
      z
        .array(z.looseObject({ name: z.string() }))
        .parse(podOf(findManifest(manifests, 'Deployment', name))['volumes'])
        .find((volume) => volume.name === 'cache');
    expect(cacheOf('region-worker')).toMatchObject({ persistentVolumeClaim: { claimName: 'shared' } });
    expect(cacheOf('region-trainer')).toHaveProperty('emptyDir');
  });

  it.each([
    ['a Secret', 'secrets.existingSecret=', 'secrets.existingSecret is required'],
    ['a known precision', 'worker.precision=fp8', 'worker/precision'],
    ['settings that there are', 'worker.treads=4', 'treads'],
    ['settings of a worker that there are', 'worker.environment.GPU_WORKER_TREADS=4', 'GPU_WORKER_TREADS'],
    ['amounts that Kubernetes reads', 'worker.resources.limits.memory=4 GB', 'worker/resources/limits/memory'],
    ['networks, not addresses', 'gateway.allowedCidrs[0]=10.0.0.1', 'gateway/allowedCidrs/0'],
    ['a model name that the edge takes', 'baseModel=smollm2 135m', 'baseModel'],
    ['a budget in numbers or per cent', 'worker.podDisruptionBudget.maxUnavailable=all', 'podDisruptionBudget'],
    [
      'no more workers than there may be',
      'autoscaling.enabled=true,autoscaling.prometheusAddress=http://p,autoscaling.minReplicas=9',
      'autoscaling.minReplicas is 9, and must not be more than autoscaling.maxReplicas, which is 8',
    ],
    ['secrets by reference', 'worker.environment.S3_SECRET_ACCESS_KEY=abc', 'S3_SECRET_ACCESS_KEY'],
    ['headers by reference', 'worker.environment.OTEL_EXPORTER_OTLP_HEADERS=abc', 'OTEL_EXPORTER_OTLP_HEADERS'],
    ['an address for the trainer', 'trainer.enabled=true', 'trainer.edgeUrl is required'],
    ['an address for KEDA', 'autoscaling.enabled=true', 'autoscaling.prometheusAddress is required'],
  ])('asks for %s', (_what, set, sentence) => {
    expect(() => renderText({ profiles: ['profiles/cpu.yaml'], set: [set] })).toThrow(sentence);
  });
});
