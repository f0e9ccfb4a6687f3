/** A point on the globe, in degrees; north and east are positive. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Regions that workers can be in, by Cloudflare's names for such parts of the world, each with a place in its middle that many data centres are near. */
export const regionPlaces: ReadonlyMap<string, Place> = new Map([
  ['wnam', { latitude: 39, longitude: -120 }],
  ['enam', { latitude: 40, longitude: -77 }],
  ['sam', { latitude: -23, longitude: -47 }],
  ['weur', { latitude: 50, longitude: 5 }],
  ['eeur', { latitude: 52, longitude: 22 }],
  ['apac', { latitude: 22, longitude: 114 }],
  ['oc', { latitude: -34, longitude: 151 }],
  ['afr', { latitude: -26, longitude: 28 }],
  ['me', { latitude: 25, longitude: 55 }],
]);

/** Where most requests of a continent come from; Cloudflare's two-letter codes. */
export const continentPlaces: ReadonlyMap<string, Place> = new Map([
  ['AF', { latitude: -10, longitude: 25 }],
  ['AN', { latitude: -80, longitude: 0 }],
  ['AS', { latitude: 25, longitude: 105 }],
  ['EU', { latitude: 50, longitude: 10 }],
  ['NA', { latitude: 39, longitude: -95 }],
  ['OC', { latitude: -34, longitude: 151 }],
  ['SA', { latitude: -20, longitude: -55 }],
]);
