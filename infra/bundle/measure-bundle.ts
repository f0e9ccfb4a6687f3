import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface BundleSize {
  readonly bytes: number;
  /** What counts for the platform's limit, and for the start of an isolate. */
  readonly gzipBytes: number;
}

/** Bytes of the edge's bundle, gzipped: a third of what the platform takes on its free plan. A larger one starts its isolates more slowly. */
export const bundleGzipBytesMax = 1_048_576;

/** The size of what a deployment would upload, from the folder of a dry run; source maps and notes are not uploaded. Throws an Error where there is nothing. */
export async function measureBundle(folder: string): Promise<BundleSize> {
  const names = (await readdir(folder)).filter((name) => /\.(js|mjs|wasm)$/.test(name));
  if (names.length === 0) throw new Error(`There is no bundle in ${folder}; \`npm run deploy:dry-run\` makes one.`);
  const sizes = await Promise.all(
    names.map(async (name) => {
      const file = await readFile(join(folder, name));
      return { bytes: file.length, gzipBytes: (await promisify(gzip)(file)).length };
    }),
  );
  return {
    bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
    gzipBytes: sizes.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0),
  };
}

/** One line for people. */
export function describeBundle({ bytes, gzipBytes }: BundleSize): string {
  const inKiB = (count: number) => `${(count / 1024).toFixed(1)} KiB`;
  const verdict = gzipBytes < bundleGzipBytesMax ? 'under' : 'NOT under';
  return `The edge's bundle: ${inKiB(gzipBytes)} gzipped (${inKiB(bytes)} as it is), ${verdict} the limit of ${inKiB(bundleGzipBytesMax)}.`;
}
