import { z } from 'zod';
import { limits } from '#shared/limits.ts';

/** Name of an adapter: no `@`, which separates versions and aliases; no slash, which separates parts of a path. */
export const adapterNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'it must be 1 to 64 letters, digits, dots, dashes and underscores, and start with a letter or digit',
  )
  .meta({
    description: '1 to 64 letters, digits, dots, dashes and underscores; starts with a letter or digit.',
    examples: ['support-tickets'],
  });

/** Name of an alias: starts with a letter, so that it is never a version. */
export const aliasNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'it must be 1 to 32 small letters, digits and dashes, and start with a letter')
  .meta({
    description: '1 to 32 small letters, digits and dashes; starts with a letter.',
    examples: ['prod'],
  });

export const versionNumberSchema = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'it must be a whole number from 1')
  .meta({ description: 'Number of the version.', examples: ['3'] });

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'it must be a SHA-256 in lower-case hex');

const digestExample = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** Body of `POST /v1/adapters/{name}/uploads`. */
export const beginUploadSchema = z
  .strictObject({
    bytes: z
      .number()
      .int()
      .min(1)
      .max(limits.adapterBytesMax)
      .meta({ description: 'Size of the file.', examples: [2_749_440] }),
    sha256: sha256.meta({ description: 'SHA-256 of the file, hex.', examples: [digestExample] }),
    part_sha256: z
      .array(sha256)
      .min(1)
      .max(Math.ceil(limits.adapterBytesMax / limits.adapterPartBytes))
      .optional()
      .meta({
        description: `For an upload in parts: SHA-256 of each part, in order. Every part but the last has ${limits.adapterPartBytes} bytes. Absent: the file is sent in one piece.`,
        examples: [[digestExample]],
      }),
  })
  .meta({ id: 'BeginAdapterUpload' });

/** Body of `POST /v1/adapters/{name}/uploads/{id}/complete`. */
export const completeUploadSchema = z
  .strictObject({
    etags: z
      .array(z.string().min(1).max(200))
      .max(Math.ceil(limits.adapterBytesMax / limits.adapterPartBytes))
      .default([])
      .meta({
        description: 'Of an upload in parts: the `ETag` that the store answered to each part, in order.',
        examples: [['"d41d8cd98f00b204e9800998ecf8427e"']],
      }),
  })
  .meta({ id: 'CompleteAdapterUpload' });

/** Body of `PUT /v1/adapters/{name}/aliases/{alias}`. */
export const moveAliasSchema = z
  .strictObject({
    version: z
      .number()
      .int()
      .min(1)
      .max(999_999_999)
      .meta({ description: 'Version to point at.', examples: [3] }),
  })
  .meta({ id: 'MoveAdapterAlias' });

/** Body of `POST /v1/adapters/{name}/aliases/{alias}/rollback`. */
export const rollBackAliasSchema = z
  .strictObject({
    from: z
      .number()
      .int()
      .min(1)
      .max(999_999_999)
      .optional()
      .meta({
        description:
          'Roll back only if the alias points at this version; so that a repeated call does not go back twice.',
        examples: [3],
      }),
  })
  .meta({ id: 'RollBackAdapterAlias' });
