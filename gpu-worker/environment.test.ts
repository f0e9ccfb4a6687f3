import { describe, expect, it } from 'vitest';
import { parseEnvironment } from '#gpu-worker/environment.ts';

const signingKey = Buffer.alloc(32, 1).toString('base64url');

describe('parseEnvironment', () => {
  it('needs the signing key alone, and has a default for everything else', () => {
    expect(parseEnvironment({ WORKER_SIGNING_KEY: signingKey })).toMatchObject({
      GPU_WORKER_HOST: '127.0.0.1',
      GPU_WORKER_PORT: 8790,
      GPU_WORKER_PRECISION: 'auto',
      GPU_WORKER_DEVICE: 'auto',
      BASE_MODEL: 'smollm2-135m-instruct',
      S3_PATH_STYLE: 'true',
      GPU_WORKER_ADAPTER_DISK_BYTES_MAX: 4_096_000_000,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const environment = parseEnvironment({ WORKER_SIGNING_KEY: signingKey, S3_ENDPOINT: '', GPU_WORKER_PORT: '' });
    expect([environment.S3_ENDPOINT, environment.GPU_WORKER_PORT]).toEqual([undefined, 8790]);
  });

  it('lists all problems at once, and shows no secret', () => {
    const parse = () =>
      parseEnvironment({
        WORKER_SIGNING_KEY: 'hunter2',
        GPU_WORKER_PORT: '70000',
        GPU_WORKER_PRECISION: 'int4',
        GPU_WORKER_DEVICE: 'tpu',
        GPU_WORKER_THREADS: 'many',
        S3_ENDPOINT: 'ftp://host',
        GPU_WORKER_ADAPTERS_PINNED: `${'a'.repeat(64)}, short`,
        S3_SECRET_ACCESS_KEY: 'topsecret',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector',
        OTEL_EXPORTER_OTLP_HEADERS: 'topsecret',
      });
    expect(parse).toThrow(/^The worker is not configured: /);
    for (const name of [
      'WORKER_SIGNING_KEY',
      'GPU_WORKER_PORT is "70000": Too big: expected number to be <=65535',
      'GPU_WORKER_PRECISION is "int4": Invalid option: expected one of "auto"|"int8"|"fp32"|"fp16"',
      'GPU_WORKER_DEVICE is "tpu": ',
      'GPU_WORKER_THREADS is "many": Invalid input: expected number',
      'S3_ENDPOINT is "ftp://host": must be an http(s) URL',
      'GPU_WORKER_ADAPTERS_PINNED: "short" is no SHA-256',
    ]) {
      expect(parse).toThrow(name);
    }
    expect(parse).toThrow('OTEL_EXPORTER_OTLP_HEADERS: entry 1 is not NAME=VALUE');
    expect(parse).toThrow('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY: give both or neither');
    expect(parse).not.toThrow(/hunter2|topsecret/);
  });

  it('says that the signing key is missing', () => {
    expect(() => parseEnvironment({})).toThrow('WORKER_SIGNING_KEY: is required: base64url, at least 32 bytes');
  });
});

it('a worker that trains needs an edge to ask and a bucket to write to', () => {
  const key = { WORKER_SIGNING_KEY: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY' };
  expect(parseEnvironment(key).GPU_WORKER_ROLE).toBe('serve');
  expect(() => parseEnvironment({ ...key, GPU_WORKER_ROLE: 'train' })).toThrow(
    'EDGE_URL: is required with the role train; S3_BUCKET: is required with the role train',
  );
  const whole = { ...key, GPU_WORKER_ROLE: 'both', EDGE_URL: 'https://api.example', S3_BUCKET: 'b' };
  for (const share of ['0', '1.5'])
    expect(() => parseEnvironment({ ...whole, GPU_WORKER_TRAINING_SHARE: share })).toThrow('GPU_WORKER_TRAINING_SHARE');
  expect(parseEnvironment(whole)).toMatchObject({ GPU_WORKER_ROLE: 'both', EDGE_URL: 'https://api.example' });
});
