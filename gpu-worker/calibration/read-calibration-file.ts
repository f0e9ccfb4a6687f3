import { readFile } from 'node:fs/promises';
import { type Calibration, calibrationSchema } from '#shared/calibration/calibration.ts';
import { describeFieldFault } from '#shared/errors/describe-field-fault.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** The constants that `hintrank calibrate --output` wrote. Throws ServiceError `invalid_request` naming file, field, value and reason, or the system's error where there is no such file. */
export async function readCalibrationFile(path: string): Promise<Calibration> {
  const value = parseJson(await readFile(path, 'utf8'), path);
  const parsed = calibrationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fault = describeFieldFault(parsed.error.issues[0], value, { whole: 'the file' });
  throw new ServiceError('invalid_request', `${path}: ${fault}`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServiceError('invalid_request', `${path} is not JSON.`, { cause });
  }
}
