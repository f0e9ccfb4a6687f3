const newline = 10;

/**
 * Cuts a stream of bytes into lines, of which no more than one is held. `onLine` gets each without its end, in order; undefined for one that is longer
 * than `bytesMax`, whose bytes are dropped.
 */
export class LineSplitter {
  readonly #bytesMax: number;
  readonly #onLine: (line: Uint8Array | undefined) => void;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #tooLong = false;

  constructor(bytesMax: number, onLine: (line: Uint8Array | undefined) => void) {
    this.#bytesMax = bytesMax;
    this.#onLine = onLine;
  }

  /** `chunk` may be reused by its owner afterwards: what is held of it is copied. */
  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(newline, from);
      if (end === -1) break;
      this.#hold(chunk.subarray(from, end), false);
      this.#emit();
      from = end + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from), true);
  }

  /** The last line, if it has no end of its own. */
  finish(): void {
    if (this.#heldBytes > 0 || this.#tooLong) this.#emit();
  }

  #hold(bytes: Uint8Array, copy: boolean): void {
    if (this.#tooLong || bytes.length === 0) return;
    this.#heldBytes += bytes.length;
    this.#tooLong = this.#heldBytes > this.#bytesMax;
    if (this.#tooLong) this.#held = [];
    else this.#held.push(copy ? bytes.slice() : bytes);
  }

  #emit(): void {
    const held = this.#held;
    const line = this.#tooLong ? undefined : join(held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#tooLong = false;
    this.#onLine(line);
  }
}

function join(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
