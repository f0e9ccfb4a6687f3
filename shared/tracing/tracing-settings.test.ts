import { expect, it } from 'vitest';
import { parseTracingSettings, type TracingVariables } from '#shared/tracing/tracing-settings.ts';

function parse(variables: TracingVariables) {
  const problems: string[] = [];
  return { settings: parseTracingSettings(variables, 'a service', problems), problems };
}

const endpoint = 'https://collector.example:4318';

it.each([{}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'x' }])(
  'is off without an endpoint: %j',
  (variables) => {
    expect(parse(variables)).toEqual({ settings: undefined, problems: [] });
  },
);

it('keeps every trace that a caller has not declined, unless told otherwise', () => {
  expect(parse({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toEqual({
    settings: {
      url: `${endpoint}/v1/traces`,
      headers: {},
      sampler: 'parentbased_always_on',
      ratio: 1,
      serviceName: 'a service',
    },
    problems: [],
  });
});

it('reads OpenTelemetry’s own variables', () => {
  const { settings, problems } = parse({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/otlp/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YTpi=, x-scope=team ',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
    OTEL_SERVICE_NAME: 'mine',
  });
  expect(problems).toEqual([]);
  expect(settings).toEqual({
    url: `${endpoint}/otlp/v1/traces`,
    headers: { authorization: 'Basic YTpi=', 'x-scope': 'team' },
    sampler: 'parentbased_traceidratio',
    ratio: 0.01,
    serviceName: 'mine',
  });
});

it('names every problem, and no value of a header', () => {
  const { problems } = parse({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=b,secret,x y=z,bad=%E0%A4%A,line=%0A',
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_TRACES_SAMPLER_ARG: '2',
  });
  expect(problems).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT must be an http(s) URL',
    'OTEL_EXPORTER_OTLP_HEADERS: entry 2 is not NAME=VALUE',
    'OTEL_EXPORTER_OTLP_HEADERS: entry 3 is not NAME=VALUE',
    'OTEL_EXPORTER_OTLP_HEADERS: entry 4 is not NAME=VALUE',
    'OTEL_EXPORTER_OTLP_HEADERS: entry 5 is not NAME=VALUE',
    expect.stringContaining('OTEL_TRACES_SAMPLER is "sometimes"; it must be always_on, '),
    'OTEL_TRACES_SAMPLER_ARG is "2"; it must be a number from 0 to 1',
  ]);
});
