/** Coefficients of the sixth-order central difference, for f(±1 h), f(±2 h), f(±3 h). */
const coefficients = [45 / 60, -9 / 60, 1 / 60] as const;

/**
 * f′(0) of a function that is computed in float32. The step is wide because rounding is coarse (1e-7 / step), and the order is high because the
 * step is wide (step⁶ · f⁽⁷⁾ / 140).
 */
export async function centralDifference(f: (step: number) => Promise<number>, step = 0.1): Promise<number> {
  let slope = 0;
  for (const [index, coefficient] of coefficients.entries()) {
    const distance = (index + 1) * step;
    slope += (coefficient * ((await f(distance)) - (await f(-distance)))) / step;
  }
  return slope;
}
