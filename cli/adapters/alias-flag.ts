/** The alias that a command is about. */
export const aliasFlag = {
  alias: { type: 'string', required: true, valueHint: 'ALIAS', description: 'The alias, such as prod.' },
} as const;
