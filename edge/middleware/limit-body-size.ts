import { bodyLimit } from 'hono/body-limit';
import { formatCount } from '#edge/format-count.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Refuses a larger body: at once by its Content-Length, else as soon as the limit is passed. Throws ServiceError `payload_too_large`. */
export function limitBodySize(bytesMax: number) {
  return bodyLimit({
    maxSize: bytesMax,
    onError: (context) => {
      const declared = Number(context.req.header('content-length'));
      const size = declared > bytesMax ? formatCount(declared) : `more than ${formatCount(bytesMax)}`;
      throw new ServiceError(
        'payload_too_large',
        `The request body has ${size} bytes, the limit is ${formatCount(bytesMax)}`,
      );
    },
  });
}
