/** What we use of jstat, which brings no types. */
declare module 'jstat' {
  const jStat: {
    readonly studentt: {
      /** P(T ≤ x) for Student's t distribution. */
      cdf(x: number, degreesOfFreedom: number): number;
    };
  };
  export = jStat;
}
