/** A thread ended while it had something to do; what that was is not known to be done. The message says what the thread ended with. */
export class ThreadLostError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'ThreadLostError';
  }
}
