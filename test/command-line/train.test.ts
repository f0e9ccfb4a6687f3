import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { judgedAnimalLines } from '#test/support/judged-animals.ts';
import { repositoryFolder } from '#test/support/source-files.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

let folder: string;
let flags: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-train-'));
  writeFileSync(join(folder, 'judged.jsonl'), `${judgedAnimalLines().join('\n')}\n`);
  const model = writeTinyTextModel(join(folder, 'model'));
  flags = [
    ['--data', join(folder, 'judged.jsonl'), '--model', model],
    ['--evaluate-every', '3', '--dev-depth', '4', '--patience', '50'],
    ['--seed', '5', '--storage', 'fp32'],
  ].flat();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function train(name: string, more: readonly string[], devQueries = '8'): Promise<Buffer> {
  const output = join(folder, name);
  const result = await runHintrank(['train', ...flags, '--dev-queries', devQueries, '--output', output, ...more]);
  expect(result.stderr, 'what it says').not.toContain('Error');
  expect(result.exitCode, result.stderr).toBe(0);
  expect(existsSync(`${output}.checkpoint`), 'a finished run leaves no checkpoint').toBe(false);
  return readFileSync(output);
}

describe.each(['retrieve', 'attend', 'soft-prompt'])('train --method %s', (method) => {
  it('gives the same adapter for the same seed, byte for byte, and an honest report', async () => {
    const first = await train(`${method}-1.safetensors`, ['--method', method, '--steps', '12']);
    const second = await train(`${method}-2.safetensors`, ['--method', method, '--steps', '12', '--threads', '1']);
    expect(first.equals(second)).toBe(true);
    const adapter = parseAdapterFile(new Uint8Array(first));
    expect(adapter.config.method).toBe(method);
    const report = JSON.parse(readFileSync(join(folder, `${method}-1.safetensors.report.json`), 'utf8'));
    expect(report.losses).toHaveLength(12);
    expect(report.losses.map(({ loss }: { loss: number }) => Number.isFinite(loss))).not.toContain(false);
    expect(report.dev.map(({ step }: { step: number }) => step)).toEqual([0, 3, 6, 9, 12]);
    const pages = [1, 2].map((run) => readFileSync(join(folder, `${method}-${run}.safetensors.report.html`), 'utf8'));
    expect(pages[0]).toContain(report.verdict);
    expect(pages[0]).toBe(pages[1]);
    expect(report.verdict).toContain(report.better ? 'ranks better' : 'do not show');
  });
});

/** Constants of the base model, as calibrate writes them: nobody has fitted any for a random one. */
function baseConstants(): string {
  const path = join(folder, 'base.json');
  writeFileSync(path, JSON.stringify(baseModelCalibration));
  return path;
}

describe('an adapter that has learned', () => {
  it('is called better, carries a calibration of its own, and is measured alone and blended', async () => {
    const dev = join(folder, 'dev.jsonl');
    writeFileSync(dev, `${judgedAnimalLines('hate').slice(0, 60).join('\n')}\n`);
    const constants = baseConstants();
    const name = 'learned.safetensors';
    const more = ['--dev', dev, '--calibration', constants, '--steps', '21', '--learning-rate', '0.01'];
    const { config } = parseAdapterFile(new Uint8Array(await train(name, more, '60')));
    const report = JSON.parse(readFileSync(join(folder, `${name}.report.json`), 'utf8'));
    expect(report).toMatchObject({ better: true, verdict: expect.stringContaining('ranks better') });
    expect(report.alone.adapter).toBeGreaterThan(report.alone.base + 0.2);
    expect(report.blended).toMatchObject({ better: true, verdict: expect.stringContaining('Blended') });
    const fit = { queries: 60, pairs: 240, relevantPairs: 60 };
    expect(config.calibration?.fittedOn).toMatchObject({
      data: 'judged.jsonl',
      split: 'dev',
      precision: 'fp32',
      ...fit,
    });
    expect(report.calibration).toMatchObject({ constantsOf: 'adapter', ...fit });
    expect(report.calibration.constants).toEqual(config.calibration?.constants);
    expect(report.calibration.expectedCalibrationError).toBeLessThan(0.15);
    const base = JSON.parse(readFileSync(constants, 'utf8')).constants;
    expect(report.calibration.constants).not.toEqual(base);
  });
});

describe('train --loss-over blended', () => {
  const blended = ['--loss-over', 'blended', '--steps', '12', '--learning-rate', '0.01'];

  it('chooses and judges by the blended ranking, and gives the same bytes again', async () => {
    const more = [...blended, '--calibration', baseConstants()];
    const first = await train('blended-1.safetensors', more);
    expect(first.equals(await train('blended-2.safetensors', more))).toBe(true);
    expect(first.equals(await train('not-blended.safetensors', more.slice(2)))).toBe(false);
    const report = JSON.parse(readFileSync(join(folder, 'blended-1.safetensors.report.json'), 'utf8'));
    expect(report.decidedBy).toBe('blended');
    expect(report.verdict).toMatch(/^Blended, as the API orders/);
    expect(report.better).toBe(report.blended.better);
    // The first look is at the untrained adapter: blended it starts where the lexical match puts it.
    expect(report.dev[0].metric).not.toBe(report.alone.base);
  });

  it('needs constants to blend with', async () => {
    const output = join(folder, 'unblended.safetensors');
    const result = await runHintrank(['train', ...flags, ...blended, '--output', output]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('There are no calibration constants for this model');
    expect(existsSync(output)).toBe(false);
  });
});

describe('a training run that is killed', () => {
  /** Long enough that a kill at a look at the dev queries comes before the end. */
  const long = ['--steps', '45'];

  it('goes on from its checkpoint and ends with the adapter of an undisturbed run', async () => {
    const undisturbed = await train('undisturbed.safetensors', long);
    const output = join(folder, 'killed.safetensors');
    for (const seen of ['step 3:', 'step 9:', 'step 18:']) {
      // Not through the launcher: SIGKILL would end it alone and leave its child running.
      const words = ['cli/main.ts', 'train', ...flags, '--dev-queries', '8', ...long, '--output', output];
      const child = spawn(process.execPath, words, { cwd: repositoryFolder });
      let said = '';
      await new Promise<void>((resolve) => {
        child.on('close', () => resolve());
        child.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes(seen)) child.kill('SIGKILL');
        });
      });
      expect(existsSync(output), 'nothing is written before the end').toBe(false);
    }
    const resumed = await train('killed.safetensors', long);
    expect(resumed.equals(undisturbed)).toBe(true);
  });

  it('refuses a checkpoint of other settings', async () => {
    const output = join(folder, 'other.safetensors');
    writeFileSync(`${output}.checkpoint`, readFileSync(join(folder, 'undisturbed.safetensors')));
    const result = await runHintrank(['train', ...flags, '--output', output]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('is not a training checkpoint');
  });
});

describe('train refuses', () => {
  it.each([
    [['--k', '0'], '--k is 0: Too small'],
    [['--method', 'guess'], '--method'],
    [['--margin', '1'], '--margin belongs to --loss pairwise'],
    [['--learning-rate', 'fast'], '--learning-rate must be a number'],
  ])('%s', async (more, message) => {
    const result = await runHintrank(['train', ...flags, '--output', join(folder, 'refused.safetensors'), ...more]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(message);
  });

  it('data with errors, before the first step', async () => {
    const data = join(folder, 'bad.jsonl');
    writeFileSync(data, `${judgedAnimalLines().slice(0, 5).join('\n')}\nnot json\n`);
    const output = join(folder, 'bad.safetensors');
    const [, , ...others] = flags;
    const result = await runHintrank(['train', '--data', data, ...others, '--output', output]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('error: 1 lines are not valid');
    expect(result.stderr).toContain('nothing was trained');
    expect(existsSync(output)).toBe(false);
  });
});
