/** Streams that only the Workers runtime has. Looked up when they are used: documents are generated from this code in Node. */
interface WorkersGlobals {
  readonly FixedLengthStream: new (
    bytes: number,
  ) => { readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream<Uint8Array> };
  readonly crypto: { readonly DigestStream: new (algorithm: string) => DigestingStream };
}

interface DigestingStream extends WritableStream<Uint8Array> {
  /** Settles when the stream is closed. */
  readonly digest: Promise<ArrayBuffer>;
}

const workers = globalThis as unknown as WorkersGlobals;

/** A pipe of exactly so many bytes: a request with it for a body has a Content-Length. */
export function fixedLengthStream(bytes: number): InstanceType<WorkersGlobals['FixedLengthStream']> {
  return new workers.FixedLengthStream(bytes);
}

/** Takes bytes and works out their SHA-256, without holding them. */
export function digestStream(): DigestingStream {
  return new workers.crypto.DigestStream('SHA-256');
}
