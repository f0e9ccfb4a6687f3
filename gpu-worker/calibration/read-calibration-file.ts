import { readFile } from 'node:fs/promises';
import { type Calibration, calibrationSchema } from '#shared/calibration/calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** The constants that `hintrank calibrate --output` wrote. Throws ServiceError `invalid_request` naming file, field and reason, or the system's error where there is no such file. */
export async function readCalibrationFile(path: string): Promise<Calibration> {
  const parsed = calibrationSchema.safeParse(parseJson(await readFile(path, 'utf8'), path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ServiceError('invalid_request', `${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServiceError('invalid_request', `${path} is not JSON.`, { cause });
  }
}
