import { availableParallelism, totalmem } from 'node:os';
import { defineCommand } from 'citty';
import { calibrateHardware } from '#cli/capacity-plan/calibration/calibrate-hardware.ts';
import { connectWorker } from '#cli/capacity-plan/calibration/connect-worker.ts';
import { modelSizes } from '#cli/capacity-plan/hardware/model-sizes.ts';
import { defaultHardware, readHardwareProfile } from '#cli/capacity-plan/hardware/read-hardware-profile.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger, parseNumber } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';
import { parseSigningKeys } from '#shared/signed-calls/parse-signing-keys.ts';

/** `hintrank plan calibrate`: a hardware profile for `hintrank plan` from a worker that runs, and has nothing else to do. */
export const planCalibrateCommand = defineCommand({
  meta: {
    name: 'plan calibrate',
    description:
      'Measure a running worker for some 30 seconds and write its hardware profile; WORKER_SIGNING_KEY must hold its key, and nothing else should use it meanwhile',
  },
  args: {
    worker: { type: 'string', required: true, valueHint: 'URL', description: 'Base URL of the worker.' },
    output: { type: 'string', valueHint: 'FILE.json', description: 'Without it: standard output.' },
    name: { type: 'string', valueHint: 'NAME', default: 'measured', description: 'Of the profile.' },
    parameters: {
      type: 'string',
      valueHint: 'N',
      description: `Parameters of the model, for --model of plan. Without it: of ${Object.keys(modelSizes).join(', ')}, by the name.`,
    },
    'memory-gb': {
      type: 'string',
      valueHint: 'N',
      description: 'What the worker may have. Without it: the memory of this machine.',
    },
    'price-per-hour': { type: 'string', valueHint: 'N', default: '0', description: 'Of one such machine.' },
    rounds: { type: 'string', valueHint: 'N', default: '8', description: 'Of single calls.' },
    seconds: { type: 'string', valueHint: 'N', default: '15', description: 'Of full load.' },
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const memoryGb = args['memory-gb'];
    const like = await readHardwareProfile(defaultHardware);
    const worker = connectWorker({ url: checkUrl(args.worker), key: readKey(), signal: io.signal });
    const profile = await calibrateHardware({
      worker,
      name: checkName(args.name),
      like: { ...like, pricePerHour: parseNumber('price-per-hour', args['price-per-hour'], 0, 1e6) },
      modelParameters:
        args.parameters === undefined
          ? parametersOf((await worker.info()).model)
          : parseInteger('parameters', args.parameters, 1, 1e13),
      machineBytes:
        memoryGb === undefined ? totalmem() : Math.round(parseNumber('memory-gb', memoryGb, 0.1, 1e4) * 1e9),
      rounds: parseInteger('rounds', args.rounds, 1, 1_000),
      seconds: parseInteger('seconds', args.seconds, 1, 3_600),
      run: Date.now(),
      onProgress: (sentence) => io.stderr.write(`${sentence}\n`),
    });
    const text = `${JSON.stringify(profile, null, 2)}\n`;
    if (args.output === undefined) return io.print(text);
    await writeAtomically(args.output, (write) => write(text));
    io.stderr.write(`${args.output}: ${profile.threads} threads, of ${availableParallelism()} cores here\n`);
  },
});

/** The first key signs. @throws UsageError when there is none, or one that is too short */
function readKey(): Uint8Array {
  const text = process.env['WORKER_SIGNING_KEY'] ?? '';
  if (text === '') throw new UsageError('WORKER_SIGNING_KEY is not set; it must hold the key of the worker.');
  try {
    const [key] = parseSigningKeys(text);
    if (key !== undefined) return key;
  } catch (error) {
    throw new UsageError(`WORKER_SIGNING_KEY: ${error instanceof Error ? error.message : 'not readable'}.`);
  }
  throw new UsageError('WORKER_SIGNING_KEY holds no key.');
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return text.replace(/\/+$/, '');
  throw new UsageError(`--worker must be a URL that begins with http:// or https://, not "${text}".`);
}

function checkName(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) return text;
  throw new UsageError(`--name must be of lower-case letters, digits and hyphens, at most 63, not "${text}".`);
}

/** @throws UsageError where the model's name says nothing */
function parametersOf(model: string): number {
  const name = Object.keys(modelSizes).find((known) => model.toLowerCase().startsWith(known));
  const size = name === undefined ? undefined : modelSizes[name];
  if (size !== undefined) return size.parameters;
  throw new UsageError(`The worker's model is "${model}", of which no size is known: say --parameters N.`);
}
