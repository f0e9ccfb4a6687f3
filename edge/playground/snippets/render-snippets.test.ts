import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderSnippets } from '#edge/playground/snippets/render-snippets.ts';

const body = {
  query: `What's "this"?`,
  documents: ['it’s $HOME `id` \\ !x $(y)', { text: "two\nlines ''", score: -0.5 }],
  explain: true,
  top_n: 3,
};
const codeOf = (language: string) =>
  renderSnippets('http://127.0.0.1:8787', body).find((snippet) => snippet.language === language)?.code ?? '';
const environment = { ...process.env, HINTRANK_API_KEY: 'hr_key' };

describe('a snippet', () => {
  it('of curl gives curl exactly the body, and the key of the environment', () => {
    const printing = codeOf('curl').replace(/^curl/, 'printf "%s\\0"');
    const args = execFileSync('sh', ['-c', printing], { encoding: 'utf8', env: environment }).split('\0');
    expect(args.slice(0, 4)).toEqual(['-s', 'http://127.0.0.1:8787/v2/rerank', '-H', 'Authorization: Bearer hr_key']);
    expect(JSON.parse(args.at(-2) ?? '')).toEqual(body);
  });

  it('of TypeScript sends exactly the body', async () => {
    const run = new Function('fetch', 'process', 'console', `return (async () => { ${codeOf('TypeScript')} })()`);
    const sent: unknown[] = [];
    const fetch = async (...call: unknown[]) => {
      sent.push(...call);
      return Response.json({ results: [] });
    };
    await run(fetch, { env: environment }, console);
    expect(sent[0]).toBe('http://127.0.0.1:8787/v2/rerank');
    const init = sent[1] as { body: string; headers: object };
    expect(JSON.parse(init.body)).toEqual(body);
    expect(init.headers).toMatchObject({ Authorization: 'Bearer hr_key' });
  });

  it('of Python sends exactly the body', () => {
    const sending = codeOf('Python').split('with urllib')[0];
    const code = `${sending}\nprint(request.data.decode(), request.get_header("Authorization"), request.full_url, sep="\\n")`;
    const [sent = '', ...rest] = execFileSync('python3', ['-c', code], { encoding: 'utf8', env: environment }).split(
      '\n',
    );
    expect(JSON.parse(sent)).toEqual(body);
    expect(rest.slice(0, 2)).toEqual(['Bearer hr_key', 'http://127.0.0.1:8787/v2/rerank']);
  });
});
