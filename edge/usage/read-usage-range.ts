import { formatCount } from '#edge/format-count.ts';
import { addDays, countDays, usageDay } from '#edge/usage/usage-day.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

/** Days of an answer when no first day is named. */
const daysDefault = 30;

/** The first and the last day that are meant. Throws ServiceError `invalid_request` for days in the wrong order, or too many. */
export function readUsageRange(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): { readonly from: string; readonly to: string } {
  const last = to ?? usageDay(nowMs);
  const first = from ?? addDays(last, 1 - daysDefault);
  const days = countDays(first, last);
  if (days < 1)
    throw new ServiceError('invalid_request', `from is ${first}; it must not be after to, which is ${last}`, {
      param: 'from',
    });
  if (days > limits.usageDaysMax) {
    const message = `from ${first} to ${last} are ${formatCount(days)} days, the limit is ${formatCount(limits.usageDaysMax)}`;
    throw new ServiceError('invalid_request', message, { param: 'from' });
  }
  return { from: first, to: last };
}
