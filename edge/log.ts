/** One log line: an event's name, the request it belongs to, and fields. Never holds an API key, a query or a document. */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly requestId?: string;
  readonly [field: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

/** Writes the entry as one line of JSON where the runtime collects logs. */
export const log: Log = (entry) => {
  // biome-ignore lint/suspicious/noConsole: the console is the log sink of a Worker; this is its only use.
  console[entry.level](JSON.stringify(entry));
};
