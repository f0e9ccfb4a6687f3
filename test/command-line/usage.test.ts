import { describe, expect, it } from 'vitest';
import { commandTable } from '#cli/command-line/command-table.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import packageJson from '../../package.json' with { type: 'json' };

describe('hintrank', () => {
  it('says its version and its commands', async () => {
    expect(await runHintrank(['--version'])).toEqual({ exitCode: 0, stdout: `${packageJson.version}\n`, stderr: '' });
    const { stdout, exitCode } = await runHintrank(['--help']);
    expect(exitCode).toBe(0);
    for (const entry of commandTable) expect(stdout).toContain(`  ${entry.words}  `);
  });

  it.each(commandTable.map((entry) => entry.words))(
    'shows flags and examples of %s, plain where no terminal is',
    async (words) => {
      const { stdout, stderr, exitCode } = await runHintrank([...words.split(' '), '--help']);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      expect(stdout).toContain('EXAMPLES');
      expect(stdout).toContain(`hintrank ${words}`);
      expect(stdout).not.toContain('\u001b');
    },
  );

  it.each([
    [
      [],
      2,
      'Name a command: rerank, score, evaluate, calibrate, train, job list, job show, job follow, job report, job cancel, adapter import, adapter push, adapter list, adapter describe, adapter alias, adapter rollback, adapter delete, adapter inspect, study, plan calibrate, plan, model fetch, key create, key list, key rotate, key revoke, key peppers.',
    ],
    [['rernk'], 2, 'Unknown command "rernk": did you mean rerank?'],
    [['model'], 2, '"model" needs a second word: model fetch.'],
    [['rerank', '--qury', 'x'], 2, 'Unknown flag --qury: did you mean --query?'],
    [['rerank', '--query', 'x'], 2, '--documents is required.'],
    [['score', '--input', '-', '--precision', 'fp16'], 2, '--precision must be one of fp32, int8, not "fp16".'],
    [['score', '--input', '-', '--threads', '0'], 2, '--threads must be an integer from 1 to 256, not "0".'],
    [['evaluate', '--data', '.', '--run', 'x', '--method', 'clean-9'], 2, '--method is neither a template'],
    [
      ['evaluate', '--data', '.', '--run', 'x', '--method', 'none', '--scoring', 'blended'],
      2,
      '--method none scores nothing, so there is nothing to blend.',
    ],
    [['rerank', '--query', 'x', '--documents', '/no/such.jsonl'], 1, '/no/such.jsonl does not exist.'],
    [['score', '--input', '/no/such.jsonl'], 1, '/no/such.jsonl does not exist.'],
    [
      ['score', '--input', '-', '--output', '/no/such/folder/x'],
      1,
      'The folder of the output /no/such/folder/x does not exist.',
    ],
    [['evaluate', '--data', '.', '--run', '/no/such.trec'], 1, 'qrels/test.tsv does not exist.'],
    [['train', '--data', '/no/such', '--output', '/tmp/hintrank-usage.safetensors'], 1, '/no/such does not exist.'],
    [['train', '--data', '.'], 2, 'Name the adapter file: --output FILE.'],
    [['adapter', 'push', 'x', '--name', 'a@3'], 2, 'Name the adapter without a version: a.'],
    [['adapter', 'push', '--name', 'a'], 2, 'Name the adapter file.'],
    [['adapter', 'push', '/no/such.safetensors', '--name', 'a'], 1, '/no/such.safetensors does not exist.'],
    [['adapter', 'inspect', 'package.json'], 1, 'package.json: safetensors: '],
    [['adapter', 'delete', 'a'], 2, 'Name the version, a@3, or --all and no version.'],
    [['adapter', 'alias', 'a/b', '--alias', 'prod'], 2, '"a/b" names no adapter'],
    [['adapter', 'rollback', 'a'], 2, '--alias is required.'],
    [['plan'], 2, 'Name the load: --documents-per-second or --requests-per-second, one of them.'],
  ])('%j ends with %i and one sentence', async (words, exitCode, sentence) => {
    const result = await runHintrank(words);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain(`hintrank: ${sentence}`);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(exitCode === 2 ? 2 : 1);
  });
});
