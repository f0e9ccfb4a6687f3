import { errorBodySchema } from '#shared/protocol/error-body.ts';

/** Why there is no answer, in words for the page's reader. */
export interface Fault {
  readonly title: string;
  /** What happened, in the API's own words where it has any. */
  readonly message: string;
  /** What the reader can do; empty: nothing but wait or ask. */
  readonly advice: string;
}

/** Error code → what it means to somebody who tries the API; all other codes have the API's words alone. */
const explained: Readonly<Record<string, Omit<Fault, 'message'>>> = {
  unauthenticated: {
    title: 'The key was not accepted',
    advice: 'Copy the whole key again. On your own machine, `npm start` prints an address that carries it.',
  },
  missing_scope: { title: 'The key may not do this', advice: 'Ask for a key with the scope that is named above.' },
  model_not_found: { title: 'There is no such model', advice: 'Choose another model.' },
  adapter_not_found: { title: 'There is no such adapter', advice: 'Choose another model.' },
  invalid_adapter: { title: 'The adapter does not fit the model', advice: 'Choose another model.' },
  payload_too_large: { title: 'That is too much text', advice: 'Take some documents out.' },
  rate_limited: { title: 'Too many requests this minute', advice: 'Wait a minute, or rank on demand instead of live.' },
  quota_exceeded: { title: 'The day’s tokens are used up', advice: 'Try again tomorrow, or with another key.' },
  overloaded: { title: 'The service is busy', advice: 'Try again in a moment.' },
  no_worker_available: {
    title: 'No worker answers',
    advice: 'The edge is up, but no worker that holds the model could be reached. Try again in a moment.',
  },
  deadline_exceeded: { title: 'It took too long', advice: 'Try again with fewer or shorter documents.' },
};

/** A request without a key is not sent. */
export const missingKey: Fault = {
  title: 'No key yet',
  message: 'The API answers only with a key.',
  advice: 'Paste one above. On your own machine, `npm start` prints an address that carries it.',
};

/** The browser got no answer at all. */
export const unreachable: Fault = {
  title: 'The API does not answer',
  message: 'The request did not get through.',
  advice: 'Look whether the service is running and you are online, then try again.',
};

/** What an answer with an error status says. `body` — as it came, maybe not ours. */
export function describeFault(status: number, body: unknown): Fault {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return { title: `Status ${status}`, message: 'The answer was not the API’s.', advice: '' };
  const { code, message } = parsed.data.error;
  const known = explained[code] ?? {
    title: status < 500 ? 'The request was not taken' : 'The service failed',
    advice: '',
  };
  return { ...known, message };
}
