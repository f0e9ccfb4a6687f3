/** A number of a training is infinite or NaN: settings, data or module, never the machine; the same run ends so again. The message names the number. */
export class NotFiniteError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotFiniteError';
  }
}
