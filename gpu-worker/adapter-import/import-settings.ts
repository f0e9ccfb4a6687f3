import { z } from 'zod';
import { adapterConfigSchema } from '#shared/adapter-file/adapter-config.ts';

const { method, k, heads, filters, template, hintLocation } = adapterConfigSchema.shape;

/** What a foreign checkpoint does not say about itself. The defaults are the authors'. */
export const importSettingsSchema = z.strictObject({
  method: method.optional().describe('Absent: what the tensors are.'),
  k: k.default(10),
  heads: heads.default(2),
  filters: filters.default('d'),
  template: template.default('authors-1'),
  hintLocation: hintLocation.default('suffix'),
});

export type ImportSettings = z.infer<typeof importSettingsSchema>;
