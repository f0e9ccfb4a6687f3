import { describe, expect, it } from 'vitest';
import { parseWorkerTargets } from '#edge/gpu-workers/parse-worker-targets.ts';

function parse(text: string) {
  const problems: string[] = [];
  return { targets: parseWorkerTargets(text, problems), problems };
}

describe('parseWorkerTargets', () => {
  it('reads URLs without trailing slashes', () => {
    expect(parse('http://a:8790/, https://b.example/base ,')).toEqual({
      targets: [
        { id: 'http://a:8790', url: 'http://a:8790', region: 'unnamed' },
        { id: 'https://b.example/base', url: 'https://b.example/base', region: 'unnamed' },
      ],
      problems: [],
    });
  });

  it('reads regions, and gateways as so many shards', () => {
    expect(parse('weur=https://a/x=y,enam*2=https://gateway')).toEqual({
      targets: [
        { id: 'https://a/x=y', url: 'https://a/x=y', region: 'weur' },
        { id: 'https://gateway#0', url: 'https://gateway', region: 'enam', shard: '0' },
        { id: 'https://gateway#1', url: 'https://gateway', region: 'enam', shard: '1' },
      ],
      problems: [],
    });
  });

  it.each([
    ['', 'GPU_WORKER_URLS names no worker; write at least one http(s) URL'],
    ['ftp://a', 'GPU_WORKER_URLS: "ftp://a" is not an http(s) URL without query and fragment'],
    ['weur=a', 'GPU_WORKER_URLS: "a" is not an http(s) URL without query and fragment'],
    ['http://a?b=c', 'GPU_WORKER_URLS: "http://a?b=c" is not an http(s) URL without query and fragment'],
    ['http://a,weur=http://a/', 'GPU_WORKER_URLS names a worker twice: "http://a"'],
    ['weur*2=http://a,weur*3=http://a', 'GPU_WORKER_URLS names a worker twice: "http://a"'],
    ['weur*x=http://a', 'GPU_WORKER_URLS: "weur*x=http://a" must be URL, REGION=URL or REGION*SHARDS=URL'],
    ['WEUR=http://a', 'GPU_WORKER_URLS: "WEUR=http://a" must be URL, REGION=URL or REGION*SHARDS=URL'],
    ['mars=http://a', 'GPU_WORKER_URLS: "mars" is no region; there are wnam, enam, sam, weur, eeur, apac, oc, afr, me'],
    ['weur*0=http://a', 'GPU_WORKER_URLS: "weur*0" must have 1 to 64 shards'],
    ['weur*65=http://a', 'GPU_WORKER_URLS: "weur*65" must have 1 to 64 shards'],
  ])('finds what is wrong with %j', (text, problem) => {
    expect(parse(text).problems).toContain(problem);
  });
});
