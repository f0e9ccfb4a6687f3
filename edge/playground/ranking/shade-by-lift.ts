/** Class of a shade: `rise-1` to `rise-4` where the document helped, `drop-1` to `drop-4` where it hurt, null for about nothing. */
export type Shade = `${'rise' | 'drop'}-${1 | 2 | 3 | 4}` | null;

/** Nats from which on each shade is: a factor of 1.3, 2.7, 7.4 and 55 in the token's probability. Fixed, so that documents and requests compare. */
const shadeFrom = [0.25, 1, 2, 4] as const;

/** The shade of a token whose log-likelihood the document changed by `lift` nats. */
export function shadeByLift(lift: number): Shade {
  const level = shadeFrom.filter((from) => Math.abs(lift) >= from).length;
  if (level === 0) return null;
  return `${lift > 0 ? 'rise' : 'drop'}-${level as 1 | 2 | 3 | 4}`;
}
