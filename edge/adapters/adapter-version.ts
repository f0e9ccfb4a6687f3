/** One immutable version of a tenant's adapter. */
export interface AdapterVersion {
  readonly name: string;
  readonly version: number;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  readonly baseModel: string;
  readonly template: string;
  readonly createdAtMs: number;
}

/** Adapter versions of the base model that is served. Every method throws ServiceError `adapter_unavailable` when the database does not answer. */
export interface AdapterStore {
  /** The version, or the newest one where none is named. */
  readonly find: (tenantId: string, name: string, version?: number) => Promise<AdapterVersion | undefined>;
  /** All versions, by name, newest first within a name. */
  readonly list: (tenantId: string) => Promise<AdapterVersion[]>;
}
