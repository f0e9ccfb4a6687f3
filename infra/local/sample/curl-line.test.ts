import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curlLine } from '#infra/local/sample/curl-line.ts';

it('gives curl exactly the header and the body, whatever quotes and signs a passage has', () => {
  const body = { query: `What's "this"?`, documents: ['it’s $HOME `id` \\ !x', "two\nlines '' and %s"] };
  const line = curlLine({ url: 'http://127.0.0.1:1', apiKey: 'hr_key', body });
  expect(line).not.toContain('\n');
  const asShellSees = execFileSync('sh', ['-c', line.replace(/^curl/, 'printf "%s\\0"')], { encoding: 'utf8' });
  const args = asShellSees.split('\0');
  expect(args.slice(0, 3)).toEqual(['-s', 'http://127.0.0.1:1/v2/rerank', '-H']);
  expect(args).toContain('Authorization: Bearer hr_key');
  expect(JSON.parse(args.at(-2) ?? '')).toEqual(body);
});
