import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { fetchSchemathesis } from '#test/api-contract/fetch-schemathesis.ts';
import { readRunReport } from '#test/api-contract/read-run-report.ts';
import { type ContractStack, startContractStack } from '#test/api-contract/start-contract-stack.ts';
import { writeConfiguration } from '#test/api-contract/write-configuration.ts';

/**
 * `npm run test:contract`: schemathesis against the served OpenAPI document of a whole stack on this machine: what it generates for every route must be
 * answered as the document says. Further flags are schemathesis's own. Status 1 where a check failed or too little was tried.
 */
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Where the report of the last run stays, with what failed. */
const reportFolder = join(stateFolder, 'contract');

/** Id of the key that the local stack seeds, which has every scope. */
const keyId = 'key_local';

async function runSchemathesis(interpreter: string, stack: ContractStack, signal: AbortSignal): Promise<number> {
  const { url, apiKey, training } = stack;
  const configPath = await writeConfiguration(reportFolder, training);
  const flags = ['run', `${url}/openapi.json`, '--report', 'json', '--report-dir', reportFolder];
  const report = ['--report-json-path', join(reportFolder, 'report.json')];
  const own = (name: string) => join(import.meta.dirname, name);
  const child = spawn(
    interpreter,
    ['-m', 'schemathesis.cli', '--config-file', configPath, ...flags, ...report, ...process.argv.slice(2)],
    {
      // It leaves files where it stands.
      cwd: reportFolder,
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: own('hooks.py'),
        HINTRANK_CONTRACT_KEY: apiKey,
        HINTRANK_CONTRACT_KEY_ID: keyId,
        HINTRANK_CONTRACT_TRAINING: JSON.stringify(training),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const end = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  const [code] = await once(child, 'exit');
  signal.throwIfAborted();
  return code ?? 1;
}

/** Whether the key still works: a run whose key was taken away would have tried 401 alone. */
async function keyWorks(url: string, apiKey: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/models`, { headers: { Authorization: `Bearer ${apiKey}` } });
  return response.ok;
}

async function run(signal: AbortSignal): Promise<number> {
  await mkdir(reportFolder, { recursive: true });
  await rm(join(reportFolder, 'report.json'), { force: true });
  const interpreter = await fetchSchemathesis(reportFolder, say, signal);
  const stack = await startContractStack(signal, say);
  try {
    const status = await runSchemathesis(interpreter, stack, signal);
    const report: unknown = JSON.parse(await readFile(join(reportFolder, 'report.json'), 'utf8'));
    const { summary, problems } = readRunReport(report);
    if (!(await keyWorks(stack.url, stack.apiKey))) problems.push('the API key of the run does not work any more');
    if (status !== 0 && problems.length === 0) problems.push(`schemathesis ended with status ${status}`);
    say(`\n${summary}`);
    for (const problem of problems) say(`Problem: ${problem}.`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await stack.stop();
  }
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
try {
  process.exitCode = await run(interrupted.signal);
} catch (error) {
  if (!interrupted.signal.aborted) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
