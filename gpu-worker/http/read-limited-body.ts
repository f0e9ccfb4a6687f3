import { ServiceError } from '#shared/errors/service-error.ts';

/** The request's bytes, at most `bytesMax` of them. A declared length over the limit is refused before a byte is read. Throws `payload_too_large`. */
export async function readLimitedBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > bytesMax) throw tooLarge(`${declared} bytes`, bytesMax);
  if (request.body === null) return new Uint8Array(0);
  try {
    return await collect(request.body, bytesMax);
  } catch (error) {
    throw request.signal.aborted ? new ServiceError('request_cancelled', undefined, { cause: error }) : error;
  }
}

async function collect(stream: ReadableStream<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge(`more than ${bytesMax} bytes`, bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(size: string, bytesMax: number): ServiceError {
  return new ServiceError('payload_too_large', `The request body has ${size}; the limit is ${bytesMax} bytes.`);
}
