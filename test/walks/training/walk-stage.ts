import type { Connection } from '#cli/api-client/connection.ts';

/** What every stage of a walk works with. */
export interface WalkStage {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** Shows a line. */
  readonly say: (line: string) => void;
  /** Says whether something is as it should be; what is not makes the walk fail at its end. */
  readonly expect: (what: string, isSo: boolean) => void;
}
