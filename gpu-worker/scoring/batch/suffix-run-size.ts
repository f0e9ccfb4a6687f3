/** What a run of suffixes takes: the slots of its graph, and rows, beyond which activations leave the processor's cache (a longer sequence has a run of its own). */
export const suffixRunSize = { sequences: 4, rows: 200 } as const;
