import { type AdapterConfig, type AdapterSettings, adapterConfigSchema } from '#shared/adapter-file/adapter-config.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import { parseFlatJson } from '#shared/adapter-file/parse-flat-json.ts';
import { describeFieldFault } from '#shared/errors/describe-field-fault.ts';

/** For unversioned files that leave a setting out; the authors' defaults, in our default template. */
const settingsDefault: AdapterSettings = {
  k: 10,
  heads: 2,
  filters: 'd',
  residual: false,
  template: 'clean-1',
  hintLocation: 'suffix',
};

const methodByKind: Readonly<Record<string, AdapterConfig['method']>> = {
  R: 'retrieve',
  retrieve: 'retrieve',
  A: 'attend',
  attend: 'attend',
  S: 'soft-prompt',
  soft_prompt: 'soft-prompt',
};

const templateByStyle: Readonly<Record<string, AdapterConfig['template']>> = {
  clean: 'clean-1',
  upr: 'upr-1',
  authors: 'authors-1',
};

/**
 * The configuration in a file's metadata: `format` + `configuration` of our files, or the loose keys of research checkpoints.
 * @param fallback settings for what an unversioned file leaves out
 * @throws ServiceError `invalid_adapter` naming field and value
 */
export function readAdapterConfig(
  metadata: Readonly<Record<string, string>>,
  fallback: Partial<AdapterSettings> = {},
): AdapterConfig {
  const format = metadata['format'];
  if (format === undefined) return checkConfig(unversionedConfig(metadata, fallback));
  if (format !== 'hintrank-adapter-1') {
    throw adapterError(
      `metadata "format" is ${JSON.stringify(format.slice(0, 80))}; this version reads "hintrank-adapter-1"`,
    );
  }
  const extra = Object.keys(metadata).find((key) => key !== 'format' && key !== 'configuration');
  if (extra !== undefined) throw adapterError(`metadata has the unknown key ${JSON.stringify(extra.slice(0, 80))}`);
  const configuration = metadata['configuration'];
  if (configuration === undefined) throw adapterError('metadata has no "configuration"');
  return checkConfig({ ...parseFlatJson(configuration), format });
}

function checkConfig(value: unknown): AdapterConfig {
  const result = adapterConfigSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const shownName = (path: readonly PropertyKey[]) => `configuration ${path.join('.')}`;
  throw adapterError(describeFieldFault(issue, value, { whole: 'configuration', shownName }), result.error);
}

function unversionedConfig(metadata: Readonly<Record<string, string>>, fallback: Partial<AdapterSettings>): unknown {
  const { kind, k, heads, filter, residual, style, ...training } = metadata;
  const method = pick(methodByKind, 'kind', kind);
  if (method === undefined) throw adapterError('metadata has neither "format" nor "kind"');
  const settings = { ...settingsDefault, ...fallback };
  return {
    format: 'unversioned',
    method,
    k: k === undefined ? settings.k : parseCount('k', k),
    heads: heads === undefined ? settings.heads : parseCount('heads', heads),
    filters: filter ?? settings.filters,
    residual: pick({ 0: false, 1: true }, 'residual', residual) ?? settings.residual,
    template: pick(templateByStyle, 'style', style) ?? settings.template,
    hintLocation: settings.hintLocation,
    ...(Object.keys(training).length > 0 && { training }),
  };
}

function pick<Value>(table: Readonly<Record<string, Value>>, key: string, text: string | undefined): Value | undefined {
  if (text === undefined) return undefined;
  if (Object.hasOwn(table, text)) return table[text];
  throw adapterError(
    `metadata "${key}" is ${JSON.stringify(text.slice(0, 80))}, which is not one of ${Object.keys(table).join(', ')}`,
  );
}

function parseCount(key: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw adapterError(`metadata "${key}" is ${JSON.stringify(text.slice(0, 80))}, which is not a count`);
}
