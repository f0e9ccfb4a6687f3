/** A difference with its sign, two digits: `+1.25`, `−0.40`. */
export function signedNats(nats: number): string {
  const digits = Math.abs(nats).toFixed(2);
  if (Number(digits) === 0) return '0.00';
  return `${nats < 0 ? '−' : '+'}${digits}`;
}
