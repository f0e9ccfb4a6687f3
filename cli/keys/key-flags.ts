import { parseChoice, parseInteger } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { type ApiKeyScope, apiKeyScopes } from '#shared/api-keys/api-key-scope.ts';
import { limits } from '#shared/limits.ts';

/** What a new key may do and for how long. */
export interface KeyTerms {
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Unix milliseconds. */
  readonly expiresAtMs: number | undefined;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerDay: number | undefined;
}

export const keyTermFlags = {
  name: { type: 'string', required: true, valueHint: 'TEXT', description: 'What the key is for' },
  scopes: {
    type: 'string',
    required: true,
    valueHint: 'LIST',
    description: `What it may do, separated by commas: ${apiKeyScopes.join(', ')}`,
  },
  'expires-in-days': {
    type: 'string',
    valueHint: 'N',
    description: 'Days after which it stops working. Without it: never.',
  },
  'requests-per-minute': {
    type: 'string',
    valueHint: 'N',
    description: 'One of the limits that the API offers. Without it: its default.',
  },
  'tokens-per-day': { type: 'string', valueHint: 'N', description: 'Quota of tokens a day (UTC). Without it: none.' },
} as const;

/** Days that `--expires-in-days` may name: ten years. */
export const lifeDaysMax = 3_650;

/** Requests per minute that `--requests-per-minute` may name; which of them there are, the API says. */
const requestsPerMinuteMax = 999_999_999;

export interface KeyTermArgs {
  readonly name: string;
  readonly scopes: string;
  readonly 'expires-in-days'?: string | undefined;
  readonly 'requests-per-minute'?: string | undefined;
  readonly 'tokens-per-day'?: string | undefined;
}

/** @throws UsageError naming the flag, the value and what is allowed */
export function parseKeyTerms(args: KeyTermArgs, nowMs: number): KeyTerms {
  const perMinute = args['requests-per-minute'];
  const perDay = args['tokens-per-day'];
  return {
    name: checkName(args.name),
    scopes: args.scopes.split(',').map((scope) => parseChoice('scopes', scope.trim(), apiKeyScopes)),
    expiresAtMs: parseLife(args['expires-in-days'], nowMs),
    requestsPerMinute:
      perMinute === undefined ? undefined : parseInteger('requests-per-minute', perMinute, 1, requestsPerMinuteMax),
    tokensPerDay: perDay === undefined ? undefined : parseInteger('tokens-per-day', perDay, 1, limits.tokensPerDayMax),
  };
}

/** Unix milliseconds at which a key ends that lives so many days. */
export function parseLife(days: string | undefined, nowMs: number): number | undefined {
  if (days === undefined) return undefined;
  return nowMs + parseInteger('expires-in-days', days, 1, lifeDaysMax) * 86_400_000;
}

function checkName(name: string): string {
  if (name === '' || name.length > limits.keyNameCharactersMax || /\p{Cc}/u.test(name)) {
    throw new UsageError(`--name must have 1 to ${limits.keyNameCharactersMax} characters, without line breaks.`);
  }
  return name;
}
