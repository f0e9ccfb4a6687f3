import { z } from 'zod';
import { adapterDetailsSchema } from '#shared/protocol/adapter-details.ts';

const nameField = z.string().meta({ description: 'Name of the adapter.', examples: ['support-tickets'] });
const versionNumber = (description: string) =>
  z
    .number()
    .int()
    .meta({ description, examples: [3] });
const momentOf = (description: string) =>
  z.iso.datetime().meta({ description: `${description} UTC.`, examples: ['2026-11-23T12:00:00.000Z'] });

const versionFields = {
  object: z.literal('adapter_version'),
  id: z.string().meta({ description: 'What to send as `model` for this version.', examples: ['support-tickets@3'] }),
  name: nameField,
  version: versionNumber('From 1; never used again, even after a deletion.'),
  digest: z.string().meta({
    description: 'SHA-256 of the file, hex; the identity of what scores.',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  }),
  bytes: z
    .number()
    .int()
    .meta({ description: 'Size of the file.', examples: [2_749_440] }),
  base_model: z.string().meta({ description: 'The model that it adapts.', examples: ['smollm2-135m-instruct'] }),
  template: z.string().meta({ description: 'Prompt template that it was trained with.', examples: ['clean-1'] }),
  details: adapterDetailsSchema.nullable().meta({
    description: 'What the file says of itself; null for a version that no worker has checked.',
    examples: [
      {
        method: 'retrieve',
        template: 'clean-1',
        k: 10,
        heads: 2,
        filters: 'd',
        hidden_size: 576,
        changed_rows: 1_834,
        soft_prompt_tokens: 0,
        model_fingerprint: null,
        tokenizer_fingerprint: null,
        calibrated: true,
      },
    ],
  }),
  aliases: z
    .array(z.string())
    .meta({ description: 'Aliases that point at it; while there are any it cannot be deleted.', examples: [['prod']] }),
  created_at: momentOf('When it was registered.'),
};

/** One immutable version. */
export const adapterVersionSchema = z.object(versionFields).meta({ id: 'AdapterVersion' });
export type AdapterVersionResponse = z.infer<typeof adapterVersionSchema>;

/** Answer to an upload that is finished. */
export const uploadedVersionSchema = z
  .object({
    ...versionFields,
    created: z.boolean().meta({
      description: 'false: the newest version was of these bytes already, and nothing was changed.',
      examples: [true],
    }),
  })
  .meta({ id: 'UploadedAdapterVersion' });
export type UploadedVersionResponse = z.infer<typeof uploadedVersionSchema>;

/** A name that moves from version to version. */
export const adapterAliasSchema = z
  .object({
    object: z.literal('adapter_alias'),
    id: z.string().meta({ description: 'What to send as `model`.', examples: ['support-tickets@prod'] }),
    name: nameField,
    alias: z.string().meta({ description: 'The alias.', examples: ['prod'] }),
    version: versionNumber('Where it points.'),
    previous_version: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Where a roll back would go; null: nowhere.', examples: [2] }),
    moved_at: momentOf('When it was pointed there.'),
  })
  .meta({ id: 'AdapterAlias' });
export type AdapterAliasResponse = z.infer<typeof adapterAliasSchema>;

/** An adapter as lists and its description show it. */
export const adapterSchema = z
  .object({
    object: z.literal('adapter'),
    name: nameField,
    newest_version: versionNumber('What the name alone means.'),
    versions: z.array(z.number().int()).meta({ description: 'Its versions, newest first.', examples: [[3, 2, 1]] }),
    aliases: z.array(adapterAliasSchema).meta({ description: 'Its aliases, by name.' }),
    base_model: z.string().meta({ description: 'The model that it adapts.', examples: ['smollm2-135m-instruct'] }),
  })
  .meta({ id: 'Adapter' });
export type AdapterResponse = z.infer<typeof adapterSchema>;

export const adapterListSchema = z
  .object({ object: z.literal('list'), data: z.array(adapterSchema).meta({ description: 'By name.' }) })
  .meta({ id: 'AdapterList' });
export type AdapterListResponse = z.infer<typeof adapterListSchema>;

export const adapterVersionListSchema = z
  .object({ object: z.literal('list'), data: z.array(adapterVersionSchema).meta({ description: 'Newest first.' }) })
  .meta({ id: 'AdapterVersionList' });
export type AdapterVersionListResponse = z.infer<typeof adapterVersionListSchema>;

/** Answer to a deletion. */
export const adapterDeletionSchema = z
  .object({
    object: z.literal('adapter_deletion'),
    name: nameField,
    deleted_versions: z
      .array(z.number().int())
      .meta({ description: 'What is gone, newest first.', examples: [[2, 1]] }),
  })
  .meta({ id: 'AdapterDeletion' });
export type AdapterDeletionResponse = z.infer<typeof adapterDeletionSchema>;

/** Answer to the removal of an alias. */
export const removedAliasSchema = z
  .object({
    object: z.literal('removed_adapter_alias'),
    id: z.string().meta({ description: 'What cannot be named any more.', examples: ['support-tickets@canary'] }),
  })
  .meta({ id: 'RemovedAdapterAlias' });
export type RemovedAliasResponse = z.infer<typeof removedAliasSchema>;
