import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** One document with the query it is scored for, as text and as the token ids that the text becomes in the template. */
export interface BenchmarkPair {
  readonly document: string;
  readonly query: string;
  /** Everything before the first target. */
  readonly promptIds: readonly number[];
  readonly targetIds: readonly number[];
}

/** What a side answers to each message: `start` with what it is, `round` with how long the pairs took and what they scored. */
export type SideReply =
  | { readonly kind: 'ready'; readonly description: string }
  | { readonly kind: 'round'; readonly milliseconds: number; readonly meanLogLikelihoods: readonly number[] }
  | { readonly kind: 'failed'; readonly message: string };

export type SideMessage<Setup> =
  | { readonly kind: 'start'; readonly setup: Setup }
  | { readonly kind: 'round'; readonly pairs: readonly BenchmarkPair[] };

/** A competitor in a process of its own: no side's threads, memory or caches are in the way of another's. */
export interface BenchmarkSide {
  readonly description: string;
  /** No likelihoods where the side reads none. */
  scoreRound(pairs: readonly BenchmarkPair[]): Promise<{ milliseconds: number; meanLogLikelihoods: readonly number[] }>;
  stop(): void;
}

/** Starts `module` (a file of this folder) as a side. */
export async function startSide<Setup>(module: string, setup: Setup): Promise<BenchmarkSide> {
  const child = fork(new URL(module, import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ready = await ask<Setup>(child, { kind: 'start', setup });
  if (ready.kind !== 'ready') throw new Error(`${module} did not start.`);
  return {
    description: ready.description,
    async scoreRound(pairs) {
      const reply = await ask<Setup>(child, { kind: 'round', pairs });
      if (reply.kind !== 'round') throw new Error(`${module} did not score.`);
      return reply;
    },
    stop: () => void child.kill(),
  };
}

async function ask<Setup>(child: ChildProcess, message: SideMessage<Setup>): Promise<SideReply> {
  child.send(message);
  const [reply] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => [{ kind: 'failed', message: `ended with code ${code}` }]),
  ])) as [SideReply];
  if (reply.kind === 'failed') throw new Error(reply.message);
  return reply;
}

/** Answers the benchmark's messages with what `start` returns; the last statement of a side's module. */
export function serveSide<Setup>(start: (setup: Setup) => Promise<Omit<BenchmarkSide, 'stop'>>): void {
  let side: Omit<BenchmarkSide, 'stop'> | undefined;
  const answer = async (message: SideMessage<Setup>): Promise<SideReply> => {
    if (message.kind === 'start') {
      side = await start(message.setup);
      return { kind: 'ready', description: side.description };
    }
    if (side === undefined) throw new Error('A round came before the start.');
    return { kind: 'round', ...(await side.scoreRound(message.pairs)) };
  };
  // The benchmark was stopped: nobody is left to answer.
  process.on('disconnect', () => process.exit(1));
  process.on('message', async (message: SideMessage<Setup>) => {
    try {
      process.send?.(await answer(message));
    } catch (error) {
      process.send?.({
        kind: 'failed',
        message: error instanceof Error ? error.message : String(error),
      } satisfies SideReply);
    }
  });
}
