import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writePrivateFile } from '#infra/local/state/write-private-file.ts';
import { createApiKey, isWellFormedApiKey } from '#shared/api-keys/api-key.ts';

const secretsSchema = z.object({
  api_key: z.string().refine(isWellFormedApiKey),
  api_key_pepper: z.string().min(32),
  worker_signing_key: z.string().min(43),
  s3_access_key_id: z.string().min(16),
  s3_secret_access_key: z.string().min(32),
});

/** Secrets of one checkout's local stack; no two checkouts share any. */
export type LocalSecrets = z.infer<typeof secretsSchema>;

/** Reads the secrets of earlier starts, or makes new ones where there are none or the file is damaged. */
export async function readOrCreateSecrets(path: string): Promise<LocalSecrets> {
  const found = secretsSchema.safeParse(await readJson(path));
  if (found.success) return found.data;
  const secrets: LocalSecrets = {
    api_key: createApiKey((count) => new Uint8Array(randomBytes(count))),
    api_key_pepper: randomBytes(32).toString('base64url'),
    worker_signing_key: randomBytes(32).toString('base64url'),
    s3_access_key_id: randomBytes(16).toString('hex'),
    s3_secret_access_key: randomBytes(32).toString('base64url'),
  };
  await writePrivateFile(path, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
