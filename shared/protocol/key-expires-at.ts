import { z } from 'zod';

/** A time with its offset from UTC, as requests about keys name it. */
export const keyExpiresAtSchema = z.iso.datetime({
  offset: true,
  error: 'it must be a time such as 2027-01-01T00:00:00Z',
});
