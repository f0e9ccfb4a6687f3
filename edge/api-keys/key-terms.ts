import { formatCount } from '#edge/format-count.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** A requested expiry as unix milliseconds, null for none. Throws ServiceError `invalid_request` for a time that has passed. */
export function readExpiry(text: string | null | undefined, nowMs: number): number | null {
  if (text === null || text === undefined) return null;
  const expiresAtMs = Date.parse(text);
  if (expiresAtMs > nowMs) return expiresAtMs;
  const now = new Date(nowMs).toISOString();
  throw new ServiceError('invalid_request', `expires_at is ${text}; it must be after now, which is ${now}`, {
    param: 'expires_at',
  });
}

/** When a successor expires: at the time that was asked for, or after as long as the old key was made for. Throws as readExpiry. */
export function successorExpiry(text: string | null | undefined, old: KeyLifetime, nowMs: number): number | null {
  if (text !== undefined || old.expiresAtMs === null) return readExpiry(text, nowMs);
  return nowMs + old.expiresAtMs - old.createdAtMs;
}

interface KeyLifetime {
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
}

/** A requested limit, null for the default. Throws ServiceError `invalid_request` for one that the service has no limiter for. */
export function readRequestLimit(wanted: number | null | undefined, offered: readonly number[]): number | null {
  if (wanted === null || wanted === undefined) return null;
  if (offered.includes(wanted)) return wanted;
  const list = offered.map(formatCount).join(', ');
  const allowed = offered.length === 0 ? 'left out: this service limits no requests' : `one of ${list}`;
  throw new ServiceError('invalid_request', `requests_per_minute is ${formatCount(wanted)}; it must be ${allowed}`, {
    param: 'requests_per_minute',
  });
}
