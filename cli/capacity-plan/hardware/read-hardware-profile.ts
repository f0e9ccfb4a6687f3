import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type HardwareProfile, hardwareProfileSchema } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { describeFieldFault } from '#shared/errors/describe-field-fault.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const shippedFolder = fileURLToPath(new URL('../hardware-profiles/', import.meta.url));

/** The profile that is used where none is named. */
export const defaultHardware = 'cpu-2-cores';

/**
 * A shipped profile by its name, or one of a file (anything that ends in `.json`).
 * @throws UsageError when there is no such profile; ServiceError `invalid_request` naming each field, its value and what it may be; system errors of the file
 */
export async function readHardwareProfile(nameOrPath: string): Promise<HardwareProfile> {
  if (nameOrPath.endsWith('.json')) return parseProfile(await readFile(nameOrPath, 'utf8'), nameOrPath);
  const names = (await readdir(shippedFolder)).map((file) => file.replace(/\.json$/, ''));
  if (!names.includes(nameOrPath)) {
    const list = names.sort().join(', ');
    throw new UsageError(`--hardware must be a file that ends in .json or one of ${list}, not "${nameOrPath}".`);
  }
  return parseProfile(await readFile(`${shippedFolder}${nameOrPath}.json`, 'utf8'), nameOrPath);
}

function parseProfile(text: string, place: string): HardwareProfile {
  const refuse = (reason: string) => new ServiceError('invalid_request', `Hardware profile ${place}: ${reason}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('it is no JSON.');
  }
  const parsed = hardwareProfileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => describeFieldFault(issue, value, { whole: 'the profile' }));
  throw refuse(`${faults.join('; ')}.`);
}
