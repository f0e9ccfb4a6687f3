import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A competitor in a process of its own: no side's threads, memory or caches are in the way of another's. */
export interface SideProcess<Request, Reply> {
  readonly description: string;
  ask(request: Request): Promise<Reply>;
  stop(): void;
}

type SideMessage<Setup, Request> =
  | { readonly kind: 'start'; readonly setup: Setup }
  | { readonly kind: 'request'; readonly request: Request };

type SideAnswer<Reply> =
  | { readonly kind: 'ready'; readonly description: string }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly message: string };

/** Starts a module that calls `serveSide`, and hands it its setup. */
export async function startSide<Setup, Request, Reply>(
  module: URL,
  setup: Setup,
): Promise<SideProcess<Request, Reply>> {
  const child = fork(module, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const send = (message: SideMessage<Setup, Request>) => exchange<Reply>(child, message);
  let description: string;
  try {
    const ready = await send({ kind: 'start', setup });
    if (ready.kind !== 'ready') throw new Error(`${module.pathname} did not start.`);
    description = ready.description;
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    description,
    async ask(request) {
      const answer = await send({ kind: 'request', request });
      if (answer.kind !== 'reply') throw new Error(`${module.pathname} did not answer.`);
      return answer.reply;
    },
    stop: () => void child.kill(),
  };
}

async function exchange<Reply>(child: ChildProcess, message: object): Promise<SideAnswer<Reply>> {
  child.send(message);
  // Whichever does not happen must not go on listening: a benchmark asks many times.
  const answered = new AbortController();
  const { signal } = answered;
  const [answer] = (await Promise.race([
    once(child, 'message', { signal }),
    once(child, 'exit', { signal }).then(([code]) => [{ kind: 'failed', message: `ended with code ${code}` }]),
  ]).finally(() => answered.abort())) as [SideAnswer<Reply>];
  if (answer.kind === 'failed') throw new Error(answer.message);
  return answer;
}

/** Answers the benchmark's messages with what `start` returns; the last statement of a side's module. */
export function serveSide<Setup, Request, Reply>(
  start: (setup: Setup) => Promise<Omit<SideProcess<Request, Reply>, 'stop'>>,
): void {
  let side: Omit<SideProcess<Request, Reply>, 'stop'> | undefined;
  const answer = async (message: SideMessage<Setup, Request>): Promise<SideAnswer<Reply>> => {
    if (message.kind === 'start') {
      side = await start(message.setup);
      return { kind: 'ready', description: side.description };
    }
    if (side === undefined) throw new Error('A request came before the start.');
    return { kind: 'reply', reply: await side.ask(message.request) };
  };
  // The benchmark was stopped: nobody is left to answer.
  process.on('disconnect', () => process.exit(1));
  process.on('message', async (message: SideMessage<Setup, Request>) => {
    try {
      process.send?.(await answer(message));
    } catch (error) {
      process.send?.({
        kind: 'failed',
        message: error instanceof Error ? error.message : String(error),
      } satisfies SideAnswer<Reply>);
    }
  });
}
