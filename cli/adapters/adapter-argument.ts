import { UsageError } from '#cli/command-line/usage-error.ts';

/** The adapter that a command is about. Not marked as required: citty's own refusal would not count as wrong usage. */
export const adapterArgument = {
  adapter: {
    type: 'positional',
    required: false,
    valueHint: 'NAME',
    description: 'Name of the adapter; NAME@VERSION where one version is meant',
  },
} as const;

export interface AdapterArgument {
  readonly name: string;
  /** undefined: none is named. */
  readonly version: number | undefined;
}

/** @throws UsageError where none is named, or where the text is no name */
export function readAdapterArgument(text: string | undefined): AdapterArgument {
  if (text === undefined || text === '') throw new UsageError('Name the adapter, such as support-tickets.');
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})(?:@([1-9]\d{0,8}))?$/.exec(text);
  if (match?.[1] === undefined) {
    throw new UsageError(
      `"${text}" names no adapter: NAME or NAME@VERSION, of letters, digits, dots, dashes and underscores.`,
    );
  }
  return { name: match[1], version: match[2] === undefined ? undefined : Number(match[2]) };
}

/** @throws UsageError where a version is named that the command has no use for */
export function readAdapterName(text: string | undefined): string {
  const { name, version } = readAdapterArgument(text);
  if (version === undefined) return name;
  throw new UsageError(`Name the adapter without a version: ${name}.`);
}
