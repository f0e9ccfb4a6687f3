import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { dashboards } from '#infra/monitoring/dashboard-panels.ts';

const ruleFileSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          record: z.string().optional(),
          alert: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).default({}),
          annotations: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
});
export type Rule = z.infer<typeof ruleFileSchema>['groups'][number]['rules'][number];

/** Every rule of `infra/monitoring/rules/`. Throws when a file has another form. */
export function readRules(): Rule[] {
  const folder = join(import.meta.dirname, 'rules');
  return readdirSync(folder).flatMap((file) =>
    ruleFileSchema.parse(parse(readFileSync(join(folder, file), 'utf8'))).groups.flatMap(({ rules }) => rules),
  );
}

/** Every PromQL expression of rules and dashboards. */
export function monitoredQueries(): string[] {
  const panels = dashboards.flatMap(({ panels: each }) => each.flatMap(({ lines }) => lines.map(([query]) => query)));
  return [...readRules().map(({ expr }) => expr), ...panels];
}
