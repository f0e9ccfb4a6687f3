import { z } from 'zod';
import { findManifest, renderChart } from '#test/support/render-chart.ts';

const scaledObjectSchema = z.object({
  spec: z.object({ triggers: z.array(z.object({ metadata: z.object({ query: z.string() }) })) }),
});

/** What KEDA asks Prometheus, in the profile that scales to zero. */
export function scalingQueries(): string[] {
  const manifests = renderChart({ profiles: ['profiles/scale-to-zero.yaml'] });
  const { spec } = scaledObjectSchema.parse(findManifest(manifests, 'ScaledObject', 'region-worker'));
  return spec.triggers.map(({ metadata }) => metadata.query);
}
