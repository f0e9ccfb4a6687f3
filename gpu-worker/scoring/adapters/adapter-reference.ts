/** An adapter version as a request names it. */
export interface AdapterReference {
  /** SHA-256 of the adapter file, lower-case hex; its identity. */
  readonly digest: string;
  /** Shown in errors. */
  readonly name: string;
}
