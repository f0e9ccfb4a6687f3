import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';

/** What an import did; `--json` prints it as it is. */
export interface ImportReport {
  readonly output: string;
  readonly bytes: number;
  /** Of the adapter file: its identity. */
  readonly sha256: string;
  readonly source: string;
  readonly kind: 'authors' | 'peft-prompt-tuning';
  readonly config: AdapterConfig;
  readonly notes: readonly string[];
}

const kindNames = {
  authors: "checkpoint of the paper's authors",
  'peft-prompt-tuning': 'PEFT prompt',
} as const satisfies Record<ImportReport['kind'], string>;

/** The report as text: what was read as what, what was left out, what was written. */
export function renderImport({ output, bytes, sha256, source, kind, config, notes }: ImportReport): string {
  const { method, k, heads, filters, template } = config;
  const details = {
    retrieve: `k ${k}, filters ${filters}`,
    attend: `${heads} heads, filters ${filters}`,
    'soft-prompt': '',
  }[method];
  return [
    `${source}: ${kindNames[kind]}, read as ${method} (${[details, `template ${template}`].filter((text) => text !== '').join(', ')}).`,
    ...notes,
    `${output}: ${bytes} bytes, SHA-256 ${sha256}.`,
    '',
  ].join('\n');
}
