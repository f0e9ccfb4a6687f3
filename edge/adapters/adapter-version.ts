import type { AdapterDetails } from '#shared/protocol/adapter-details.ts';

/** One immutable version of a tenant's adapter. */
export interface AdapterVersion {
  readonly name: string;
  readonly version: number;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  readonly baseModel: string;
  readonly template: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly createdAtMs: number;
  /** null for a version that no worker has checked: the one of `npm start`. */
  readonly details: AdapterDetails | null;
}

/** Which version of a name is meant. */
export type VersionSelector =
  | { readonly kind: 'newest' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'alias'; readonly alias: string };

/** Where an alias points, and where it pointed before. */
export interface AdapterAlias {
  readonly name: string;
  readonly alias: string;
  readonly version: number;
  /** What a roll back would go to; null: nothing. */
  readonly previousVersion: number | null;
  readonly movedAtMs: number;
}

/** Adapter versions of the base model that is served. Every method throws ServiceError `adapter_unavailable` when the database does not answer. */
export interface AdapterStore {
  readonly find: (tenantId: string, name: string, selector: VersionSelector) => Promise<AdapterVersion | undefined>;
  /** All versions, by name, newest first within a name; of one name where it is given. */
  readonly list: (tenantId: string, name?: string) => Promise<AdapterVersion[]>;
  /** All aliases, by name and alias; of one name where it is given. */
  readonly listAliases: (tenantId: string, name?: string) => Promise<AdapterAlias[]>;
}
