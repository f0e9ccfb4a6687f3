import { UsageError } from '#cli/command-line/usage-error.ts';

/** The key that a command is about. Not marked as required: citty's own refusal would not count as wrong usage. */
export const keyIdArgument = {
  id: {
    type: 'positional',
    required: false,
    valueHint: 'ID',
    description: 'Id of the key, as hintrank key list shows it',
  },
} as const;

/** @throws UsageError where none is named, or where it is the key itself */
export function requireKeyId(id: string | undefined): string {
  if (id === undefined || id === '') throw new UsageError('Name the key by its id, such as key_4fq9w2m0c7x1t8ka.');
  if (id.startsWith('hr_')) throw new UsageError('This is a key, not its id; hintrank key list shows the ids.');
  return id;
}
