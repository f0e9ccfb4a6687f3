/** OpenTelemetry's own variables, of those that it defines the ones that are read here. */
export interface TracingVariables {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
  readonly OTEL_TRACES_SAMPLER?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: string | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
}

/** `parentbased_…`: who calls has decided already, where a `traceparent` says so; the rest is for requests without one. */
export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof samplerNames)[number];

/** Where traces go, and of which requests. */
export interface TracingSettings {
  /** OTEL_EXPORTER_OTLP_ENDPOINT with `/v1/traces`. Wrong: spans are lost, and the log says so once a minute. */
  readonly url: string;
  /** OTEL_EXPORTER_OTLP_HEADERS, secret: what the collector asks for, `NAME=VALUE` separated by commas, values percent-encoded. */
  readonly headers: Readonly<Record<string, string>>;
  /** OTEL_TRACES_SAMPLER, default `parentbased_always_on`. */
  readonly sampler: SamplerName;
  /** OTEL_TRACES_SAMPLER_ARG, default 1: share of traces that `…traceidratio` keeps, 0 to 1. Too large: much to send and to store; too small: the slow request was not among them. */
  readonly ratio: number;
  /** OTEL_SERVICE_NAME: under which name the collector files the spans. */
  readonly serviceName: string;
}

/** undefined without an endpoint: then nothing is traced. What cannot be used is added to `problems`; values of headers are never in it. */
export function parseTracingSettings(
  variables: TracingVariables,
  serviceName: string,
  problems: string[],
): TracingSettings | undefined {
  const endpoint = variables.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
  if (endpoint === '') return undefined;
  return {
    url: parseUrl(endpoint, problems),
    headers: parseHeaders(variables.OTEL_EXPORTER_OTLP_HEADERS ?? '', problems),
    sampler: parseSampler(variables.OTEL_TRACES_SAMPLER ?? '', problems),
    ratio: parseRatio(variables.OTEL_TRACES_SAMPLER_ARG ?? '', problems),
    serviceName: variables.OTEL_SERVICE_NAME || serviceName,
  };
}

function parseUrl(endpoint: string, problems: string[]): string {
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    problems.push('OTEL_EXPORTER_OTLP_ENDPOINT must be an http(s) URL');
    return '';
  }
  return `${url.origin}${url.pathname.replace(/\/$/, '')}/v1/traces${url.search}`;
}

function parseHeaders(text: string, problems: string[]): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  const headers = pairs.flatMap((pair, index) => {
    const header = parseHeader(pair);
    if (header === undefined) problems.push(`OTEL_EXPORTER_OTLP_HEADERS: entry ${index + 1} is not NAME=VALUE`);
    return header === undefined ? [] : [header];
  });
  return Object.fromEntries(headers);
}

function parseHeader(pair: string): readonly [string, string] | undefined {
  const [name = '', ...rest] = pair.split('=');
  try {
    const value = decodeURIComponent(rest.join('=').trim());
    if (rest.length === 0 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name.trim())) return undefined;
    return /^[\x20-\x7e]*$/.test(value) ? [name.trim(), value] : undefined;
  } catch {
    return undefined;
  }
}

function parseSampler(text: string, problems: string[]): SamplerName {
  const name = samplerNames.find((known) => known === (text || 'parentbased_always_on'));
  if (name === undefined) problems.push(`OTEL_TRACES_SAMPLER is "${text}"; it must be ${samplerNames.join(', ')}`);
  return name ?? 'always_off';
}

function parseRatio(text: string, problems: string[]): number {
  const ratio = text === '' ? 1 : Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  problems.push(`OTEL_TRACES_SAMPLER_ARG is "${text}"; it must be a number from 0 to 1`);
  return 0;
}
