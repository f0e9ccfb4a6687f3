/** What a thread is given at a time at most: four documents of 150 tokens whose prefixes are computed, or four full runs of suffixes, a quarter of a second on one core. */
export const batchLimits = { rows: 800, tasks: 16 } as const;
