import { describeValue } from '#shared/safetensors/describe-value.ts';
import type { SafetensorsEntry } from '#shared/safetensors/parse-safetensors.ts';
import { type SafetensorsLimits, safetensorsError } from '#shared/safetensors/safetensors-limits.ts';

/**
 * Refuses a data section that the tensors do not cover exactly: bytes that belong to two tensors, or to none (a hidden payload).
 * Offsets in messages are of the data section.
 */
export function checkDataCoverage(
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  dataOffset: number,
  fileBytes: number,
  limits: SafetensorsLimits,
): void {
  const ordered = [...tensors].sort(([, left], [, right]) => left.begin - right.begin || left.end - right.end);
  let covered = 0;
  let previous = '';
  for (const [name, { begin, end }] of ordered) {
    if (begin < covered) {
      throw safetensorsError(
        limits,
        `tensor ${describeValue(name)} begins at offset ${begin}, inside tensor ${describeValue(previous)} that ends at ${covered}`,
      );
    }
    if (begin > covered) {
      throw safetensorsError(
        limits,
        `bytes [${covered}, ${begin}) before tensor ${describeValue(name)} belong to no tensor`,
      );
    }
    covered = end;
    previous = name;
  }
  const dataBytes = fileBytes - dataOffset;
  if (covered !== dataBytes) {
    throw safetensorsError(limits, `the data section has ${dataBytes} bytes, of which the tensors cover ${covered}`);
  }
}
