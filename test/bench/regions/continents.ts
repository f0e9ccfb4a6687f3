/** A part of the world with callers, an edge and a region of workers. */
export interface Continent {
  readonly name: string;
  /** Its workers' region, as in GPU_WORKER_URLS. */
  readonly region: string;
  /** Where the platform says its callers are (`request.cf`). */
  readonly place: { readonly latitude: string; readonly longitude: string; readonly continent: string };
}

export const continents = [
  { name: 'North America', region: 'enam', place: { latitude: '38.9', longitude: '-77.0', continent: 'NA' } },
  { name: 'Europe', region: 'weur', place: { latitude: '50.1', longitude: '8.7', continent: 'EU' } },
  { name: 'Asia', region: 'apac', place: { latitude: '35.7', longitude: '139.7', continent: 'AS' } },
] as const satisfies readonly Continent[];

export type Region = (typeof continents)[number]['region'];

/** Where the round-trip times are from. */
export const roundTripSource =
  'IBM Cloud’s averages between Washington DC, Frankfurt and Tokyo, 28 September to 27 October 2024 (https://cloud.ibm.com/docs/vpc?topic=vpc-network-latency-dashboard)';

/** Between two zones of one region, by the same source. */
const nearMs = 2;

const farMs: Readonly<Record<string, number>> = { 'enam weur': 90, 'apac enam': 169, 'apac weur': 231 };

/** Milliseconds from a continent's edge to a region's workers and back. */
export function roundTripMs(from: Region, to: Region): number {
  return from === to ? nearMs : (farMs[[from, to].sort().join(' ')] ?? Number.NaN);
}
