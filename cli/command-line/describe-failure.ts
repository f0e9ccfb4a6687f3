import { UsageError } from '#cli/command-line/usage-error.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What a failed command says and ends with. */
export interface Failure {
  /** One sentence for standard error; empty when there is nothing to say. */
  readonly sentence: string;
  readonly exitCode: number;
}

/** 0 ok · 1 fault · 2 wrong usage · 130 Ctrl-C (128 + SIGINT) · 143 terminated (128 + SIGTERM). */
export const exitCodes = { ok: 0, fault: 1, usage: 2, SIGINT: 130, SIGTERM: 143 } as const;

/** System errors in the words of the person who typed the path. */
const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by this user',
  EPERM: 'may not be changed by this user',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'lies under something that is not a folder',
  ENOSPC: 'cannot be written: the disk is full',
  EMFILE: 'cannot be opened: too many files are open',
  EROFS: 'cannot be written: the file system is read-only',
};

/** The sentence and the exit code of a thrown value. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { sentence: error.message, exitCode: exitCodes.usage };
  if (error instanceof ServiceError) return { sentence: error.message, exitCode: exitCodes.fault };
  if (isSystemError(error)) {
    // The reader of our output has gone (`… | head`): nobody is left to tell, and nothing of ours failed.
    if (error.code === 'EPIPE') return { sentence: '', exitCode: exitCodes.ok };
    const reason = systemErrors[error.code];
    if (reason !== undefined) return { sentence: `${error.path ?? 'A file'} ${reason}.`, exitCode: exitCodes.fault };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { sentence: firstLine(message) || 'The command failed without a reason.', exitCode: exitCodes.fault };
}

function isSystemError(error: unknown): error is Error & { code: string; path?: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}
