import { formatCount } from '#edge/format-count.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

export interface FileToPlan {
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly digest: string;
  /** SHA-256 of each part, hex; undefined: in one piece. */
  readonly partDigests: readonly string[] | undefined;
}

export interface PlannedPart {
  /** From 1. */
  readonly number: number;
  readonly bytes: number;
  /** SHA-256, base64, as S3 writes it. */
  readonly checksum: string;
}

/** The parts of a file, each but the last of the same size. Throws ServiceError `invalid_request` when there are not as many digests as parts. */
export function planParts({ bytes, digest, partDigests }: FileToPlan): PlannedPart[] {
  if (partDigests === undefined) return [{ number: 1, bytes, checksum: hexToBase64(digest) }];
  const size = limits.adapterPartBytes;
  const count = Math.ceil(bytes / size);
  if (partDigests.length !== count) {
    const message = `part_sha256 has ${partDigests.length} items; ${formatCount(bytes)} bytes make ${count} parts of ${formatCount(size)} bytes`;
    throw new ServiceError('invalid_request', message, { param: 'part_sha256' });
  }
  return partDigests.map((partDigest, index) => ({
    number: index + 1,
    bytes: Math.min(size, bytes - index * size),
    checksum: hexToBase64(partDigest),
  }));
}

/** S3 writes checksums in base64. */
export function hexToBase64(hex: string): string {
  const characters = (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return btoa(characters.join(''));
}
