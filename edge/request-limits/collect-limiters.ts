import type { RequestLimiter } from '#edge/request-limits/request-limits.ts';

/** A rate-limit binding's name says its requests per minute, which the binding itself does not tell. */
const bindingName = /^RATE_LIMIT_([1-9]\d{0,8})$/;

/** The rate-limit bindings among the worker's bindings, by requests per minute. */
export function collectLimiters(bindings: object): Map<number, RequestLimiter> {
  const found = Object.entries(bindings).flatMap(([name, binding]): [number, RequestLimiter][] => {
    const limit = bindingName.exec(name)?.[1];
    return limit === undefined ? [] : [[Number(limit), binding as RequestLimiter]];
  });
  return new Map(found);
}
