import type { ArgsDef } from 'citty';
import { parseChoice } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { parseTrainingSettings, settingFields } from '#cli/engine/training-flags.ts';
import { type TrainingJobSettings, trainingJobSettingsSchema } from '#shared/protocol/training-settings.ts';
import { presetNames } from '#shared/training/presets.ts';

/** Flags of `train --remote` beside the connection's. */
export const remoteTrainingFlags = {
  adapter: {
    type: 'string',
    valueHint: 'NAME',
    description: 'With --remote: name that the result is published under.',
  },
  preset: {
    type: 'string',
    valueHint: presetNames.join('|'),
    description: 'With --remote: settings by name; flags stand instead of its own. (Default: standard)',
  },
  'on-no-gain': {
    type: 'string',
    valueHint: 'keep|publish',
    description: 'With --remote: what happens when the dev queries show no gain. (Default: keep)',
  },
  detach: { type: 'boolean', description: 'With --remote: do not follow the job.' },
} as const satisfies ArgsDef;

type Arguments = Readonly<Record<string, unknown>>;

/** Flags that mean something on one side only. */
const localFlags = ['output', 'calibration', 'with-first-stage', 'keep', 'hint-order', 'random-hints'];

/** What the API is asked for: only what was said, so that the preset decides the rest. */
export interface RemoteTraining {
  readonly adapter: string;
  readonly method: string;
  readonly preset: string;
  readonly settings: TrainingJobSettings;
  readonly on_no_gain: string;
}

/** @throws UsageError naming the flag */
export function refuseRemoteFlags(args: Arguments): void {
  const flag = [...Object.keys(remoteTrainingFlags), 'url'].find((name) => args[name] !== undefined);
  if (flag !== undefined) throw new UsageError(`--${flag} belongs to --remote.`);
}

/** @throws UsageError naming the flag, the value and the limit */
export function parseRemoteTraining(args: Arguments): RemoteTraining {
  const local = localFlags.find((name) => args[name] !== undefined);
  if (local !== undefined) throw new UsageError(`--${local} is for training on this machine, not for --remote.`);
  const { adapter, method, preset = 'standard', 'on-no-gain': onNoGain = 'keep' } = args;
  if (typeof adapter !== 'string') throw new UsageError('Name the adapter to publish to: --adapter NAME.');
  return {
    adapter,
    method: typeof method === 'string' ? method : 'retrieve',
    preset: parseChoice('preset', String(preset), presetNames),
    settings: givenSettings(args),
    on_no_gain: parseChoice('on-no-gain', String(onNoGain), ['keep', 'publish']),
  };
}

function givenSettings(args: Arguments): TrainingJobSettings {
  const settings: Readonly<Record<string, unknown>> = parseTrainingSettings(args);
  const given = Object.entries(settingFields).filter(([flag]) => flag !== 'method' && args[flag] !== undefined);
  const fields = given.map(([, field]) => field as string);
  if (args['in-batch-negatives'] === true) fields.push('inBatchNegatives');
  if (['loss', 'margin', 'temperature'].some((flag) => args[flag] !== undefined)) fields.push('loss');
  return trainingJobSettingsSchema.parse(
    snakeCased(Object.fromEntries(fields.map((field) => [field, settings[field]]))),
  );
}

function snakeCased(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof value === 'object' && value !== null ? snakeCased(value) : value,
    ]),
  );
}
