/**
 * p-values corrected for their number (Holm 1979): with the results, the chance of calling any difference real that is none stays below the level
 * that each is held against. Nulls (nothing could be tested) stay null and are not counted.
 */
export function holmCorrection(pValues: readonly (number | null)[]): (number | null)[] {
  const ascending = pValues
    .flatMap((pValue, index) => (pValue === null ? [] : [{ pValue, index }]))
    .sort((a, b) => a.pValue - b.pValue);
  const corrected = new Map<number, number>();
  let floor = 0;
  for (const [place, { pValue, index }] of ascending.entries()) {
    floor = Math.max(floor, Math.min(1, pValue * (ascending.length - place)));
    corrected.set(index, floor);
  }
  return pValues.map((_, index) => corrected.get(index) ?? null);
}
