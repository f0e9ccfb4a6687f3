import type { Readable, Writable } from 'node:stream';

/** What a command reads from, writes to and is stopped by. */
export interface CommandIo {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Waits when the reader of standard output is slower than the command. */
  print(text: string): Promise<void>;
}

/** The io that `runCommandLine` hands to citty as the command's data (typed `any` there). */
export function commandIo(context: { readonly data?: unknown }): CommandIo {
  return context.data as CommandIo;
}
