import { continentPlaces, type Place, regionPlaces } from '#edge/gpu-workers/region-places.ts';

/** What the platform says of where a request came in (`request.cf`); every field may be missing. */
export interface RequestPlace {
  /** Degrees, as text. */
  readonly latitude?: unknown;
  readonly longitude?: unknown;
  /** Two letters. */
  readonly continent?: unknown;
}

/**
 * The regions, nearest first. A region without a place (workers configured without one) counts as nearest, since nothing speaks against it; regions that
 * are equally far, and all of them where nobody knows where the request is, keep their order.
 */
export function orderRegions(regions: readonly string[], request: RequestPlace | undefined): string[] {
  const from = placeOf(request);
  if (from === undefined) return [...regions];
  const distance = (region: string) => {
    const place = regionPlaces.get(region);
    return place === undefined ? 0 : centralAngle(from, place);
  };
  return regions.toSorted((left, right) => distance(left) - distance(right));
}

function placeOf(request: RequestPlace | undefined): Place | undefined {
  const { latitude: latitudeText, longitude: longitudeText, continent } = request ?? {};
  const [latitude, longitude] = [degrees(latitudeText), degrees(longitudeText)];
  if (latitude !== undefined && longitude !== undefined) return { latitude, longitude };
  return typeof continent === 'string' ? continentPlaces.get(continent) : undefined;
}

function degrees(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Radians of the great circle between two places: the haversine formula. */
function centralAngle(from: Place, to: Place): number {
  const radians = (angle: number) => (angle * Math.PI) / 180;
  const half = (angle: number) => Math.sin(radians(angle) / 2) ** 2;
  const chord =
    half(to.latitude - from.latitude) +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * half(to.longitude - from.longitude);
  return 2 * Math.asin(Math.min(1, Math.sqrt(chord)));
}
