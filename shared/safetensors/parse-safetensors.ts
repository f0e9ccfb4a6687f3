import { checkDataCoverage } from '#shared/safetensors/check-data-coverage.ts';
import { describeValue } from '#shared/safetensors/describe-value.ts';
import { findDuplicateKey } from '#shared/safetensors/find-duplicate-key.ts';
import { headerLengthBytes, readHeaderLength } from '#shared/safetensors/read-header-length.ts';
import {
  defaultSafetensorsLimits,
  type SafetensorsLimits,
  safetensorsError,
} from '#shared/safetensors/safetensors-limits.ts';
import { dtypeBytes, isTensorDtype, type TensorDtype } from '#shared/safetensors/tensor-dtype.ts';

export interface SafetensorsEntry {
  readonly dtype: TensorDtype;
  /** Row-major, outermost first. */
  readonly shape: readonly number[];
  /** Bytes from the start of the data section (not of the file): the tensor is [dataOffset + begin, dataOffset + end) of the file. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: Record<string, string>;
  readonly tensors: Map<string, SafetensorsEntry>;
  /** Byte of the file where the data section starts. */
  readonly dataOffset: number;
}

/**
 * The header of a safetensors file, with every rule of the format checked before anything of a stated size is allocated: known dtypes,
 * shape × element size = bytes, and a data section that the tensors cover exactly, without overlap or hole.
 * @param bytes the file, or at least its first `8 + readHeaderLength(…)` bytes
 * @param fileBytes size of the whole file
 * @throws ServiceError `limits.errorCode` (default `invalid_weights`) naming tensor, offset and reason
 */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  fileBytes: number,
  limits: SafetensorsLimits = {},
): SafetensorsHeader {
  const headerBytes = readHeaderLength(bytes, fileBytes, limits);
  const dataOffset = headerLengthBytes + headerBytes;
  if (bytes.byteLength < dataOffset) {
    throw safetensorsError(
      limits,
      `the header ends at offset ${dataOffset}, but only ${bytes.byteLength} bytes are here`,
    );
  }
  const header = parseHeaderJson(bytes.subarray(headerLengthBytes, dataOffset), limits);
  const tensorsMax = limits.tensorsMax ?? defaultSafetensorsLimits.tensorsMax;
  const names = Object.keys(header);
  if (names.length > tensorsMax + 1) {
    throw safetensorsError(limits, `the header names ${names.length} tensors, more than the limit ${tensorsMax}`);
  }
  let metadata: Record<string, string> = {};
  const tensors = new Map<string, SafetensorsEntry>();
  for (const name of names) {
    if (name === '__metadata__') metadata = parseMetadata(header[name], limits);
    else tensors.set(name, parseEntry(name, header[name], fileBytes - dataOffset, limits));
  }
  checkDataCoverage(tensors, dataOffset, fileBytes, limits);
  return { metadata, tensors, dataOffset };
}

function parseHeaderJson(bytes: Uint8Array, limits: SafetensorsLimits): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw safetensorsError(limits, 'the header at offset 8 does not start with "{"');
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw safetensorsError(limits, 'the header at offset 8 is not valid UTF-8 JSON', cause);
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) throw safetensorsError(limits, `the header holds the key ${describeValue(duplicate)} twice`);
  if (!isObject(header)) throw safetensorsError(limits, 'the header at offset 8 is not a JSON object');
  return header;
}

function parseMetadata(value: unknown, limits: SafetensorsLimits): Record<string, string> {
  if (!isObject(value)) throw safetensorsError(limits, '"__metadata__" is not a JSON object');
  const entries: [string, string][] = [];
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw safetensorsError(limits, `"__metadata__" ${describeValue(key)} is not a string`);
    entries.push([key, text]);
  }
  return Object.fromEntries(entries);
}

function parseEntry(name: string, value: unknown, dataBytes: number, limits: SafetensorsLimits): SafetensorsEntry {
  const refuse = (reason: string) => safetensorsError(limits, `tensor ${describeValue(name)} ${reason}`);
  if (!isObject(value)) throw refuse('is not described by a JSON object');
  const { dtype, shape, data_offsets: offsets, ...rest } = value;
  const extra = Object.keys(rest)[0];
  if (extra !== undefined) throw refuse(`has the unknown field ${describeValue(extra)}`);
  if (!isTensorDtype(dtype)) {
    throw refuse(`has dtype ${describeValue(dtype)}, which is not one of ${Object.keys(dtypeBytes).join(', ')}`);
  }
  const dimensionsMax = limits.dimensionsMax ?? defaultSafetensorsLimits.dimensionsMax;
  if (!isCounts(shape)) throw refuse(`has shape ${describeValue(shape)}; non-negative integers are needed`);
  if (shape.length > dimensionsMax) {
    throw refuse(`has ${shape.length} dimensions, more than the limit ${dimensionsMax}`);
  }
  const [begin, end] = isCounts(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined) {
    throw refuse(`has data_offsets ${describeValue(offsets)}; two non-negative integers are needed`);
  }
  if (begin > end) throw refuse(`has data_offsets [${begin}, ${end}], which end before they begin`);
  if (end > dataBytes) throw refuse(`ends at offset ${end} of the data section, which has ${dataBytes} bytes`);
  const bytesNeeded = shape.reduce((product, count) => product * count, dtypeBytes[dtype]);
  if (bytesNeeded !== end - begin) {
    throw refuse(
      `of ${dtype} [${shape.join(', ')}] needs ${bytesNeeded} bytes, but data_offsets [${begin}, ${end}] hold ${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
