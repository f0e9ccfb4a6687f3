const textLengthMax = 80;
const itemsMax = 8;

/** A value from an untrusted header for an error message: short, and safe for nesting that would overflow `JSON.stringify`. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.slice(0, itemsMax).map((item) => (Array.isArray(item) ? '[…]' : describeValue(item)));
    return `[${items.join(', ')}${value.length > itemsMax ? ', …' : ''}]`;
  }
  if (typeof value === 'string') {
    return value.length > textLengthMax ? `${JSON.stringify(value.slice(0, textLengthMax))}…` : JSON.stringify(value);
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
