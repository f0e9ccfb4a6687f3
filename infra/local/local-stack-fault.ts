/** A reason to stop that is the user's to mend: shown as its one sentence, without a stack. */
export class LocalStackFault extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LocalStackFault';
  }
}
