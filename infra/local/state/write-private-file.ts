import { rename, writeFile } from 'node:fs/promises';

/** Readable by the owner alone. */
const privateMode = 0o600;

/** Writes the file whole or not at all, for the owner's eyes only. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, text, { mode: privateMode });
  await rename(partial, path);
}
