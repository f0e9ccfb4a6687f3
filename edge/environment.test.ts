import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type EdgeBindings, parseEnvironment } from '#edge/environment.ts';

const good: EdgeBindings = {
  DB: env.DB,
  GPU_WORKER_URLS: 'http://a:8790/, https://b.example/base',
  WORKER_SIGNING_KEY: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
  API_KEY_PEPPER: 'x'.repeat(32),
};

describe('parseEnvironment', () => {
  it('reads worker URLs without trailing slashes, and fills in the default model', () => {
    expect(parseEnvironment(good)).toMatchObject({
      gpuWorkerUrls: ['http://a:8790', 'https://b.example/base'],
      baseModel: 'smollm2-135m-instruct',
      scoreCacheBytesMax: 16_000_000,
      scoreCacheTtlSeconds: 3_600,
      tracing: undefined,
      requestLog: { level: 'all', slowMs: 2_000 },
    });
  });

  it('lists every problem at once, and shows no secret', () => {
    const { DB: _, ...bad } = {
      ...good,
      GPU_WORKER_URLS: 'ftp://a,not a url',
      WORKER_SIGNING_KEY: 'c2VjcmV0',
      API_KEY_PEPPER: 'pepper',
      BASE_MODEL: 'a model',
      MODEL_ALIASES: 'rerank-v3.5',
      SCORE_CACHE_BYTES: '1e6',
      SCORE_CACHE_TTL_SECONDS: '604801',
      TRAINING_LEASE_SECONDS: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector',
      OTEL_EXPORTER_OTLP_HEADERS: 'c2VjcmV0',
      REQUEST_LOG: 'loud',
      REQUEST_LOG_SLOW_MS: '2s',
    };
    let message = '';
    try {
      parseEnvironment(bad as EdgeBindings);
    } catch (error) {
      message = String(error);
    }
    for (const problem of [
      'GPU_WORKER_URLS: "ftp://a" is not an http(s) URL',
      'GPU_WORKER_URLS: "not a url" is not an http(s) URL',
      'WORKER_SIGNING_KEY: signing key 1 of 1 has 6 bytes; at least 32 are needed',
      'API_KEY_PEPPER: pepper 1 of 1 has 6 characters; at least 32 are needed',
      'BASE_MODEL is "a model"; it must be 1 to 200 letters',
      'MODEL_ALIASES: "rerank-v3.5": it must be NAME=MODEL',
      'SCORE_CACHE_BYTES is "1e6"; it must be a whole number from 0 to 64000000',
      'SCORE_CACHE_TTL_SECONDS is "604801"; it must be a whole number from 0 to 604800',
      'TRAINING_LEASE_SECONDS is "1"; it must be a whole number from 2 to 3600',
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an http(s) URL',
      'OTEL_EXPORTER_OTLP_HEADERS: entry 1 is not NAME=VALUE',
      'REQUEST_LOG is "loud"; it must be all, notable, faults',
      'REQUEST_LOG_SLOW_MS is "2s"; it must be a whole number from 0 to 3600000',
      'DB: the D1 binding is missing',
    ]) {
      expect(message).toContain(problem);
    }
    expect(message).not.toMatch(/c2VjcmV0|"pepper"/);
  });

  it.each([
    ['', 'GPU_WORKER_URLS names no worker'],
    ['http://a,http://a/', 'GPU_WORKER_URLS names a worker twice'],
  ])('refuses the workers %j', (GPU_WORKER_URLS, problem) => {
    expect(() => parseEnvironment({ ...good, GPU_WORKER_URLS })).toThrow(problem);
  });
});
