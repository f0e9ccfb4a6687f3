/** One moment of a fetch; `doneBytes` never falls within a stage. */
export interface FetchProgress {
  readonly stage: 'downloading' | 'unpacking';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface FetchOptions {
  /** Folder that models are kept in; made if missing. Default: `defaultModelsFolder()`. */
  readonly folder?: string | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** Stops the fetch; nothing is left behind, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Environment of the programs that are run; default `process.env`. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}
