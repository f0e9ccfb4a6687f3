import { execFileSync } from 'node:child_process';

/** A network of its own for one worker, on a cable to this one. */
export interface WorkerNamespace {
  readonly name: string;
  /** Its address, as seen from here. */
  readonly address: string;
  /** Pulls the cable, or puts it back: packets vanish, nothing is refused. */
  setCable(isConnected: boolean): void;
}

export interface WorkerNamespaces {
  readonly namespaces: readonly WorkerNamespace[];
  /** Removes them and their cables. */
  remove(): void;
}

/** Of one simulation. */
const namespacesMax = 16;

/** What to do where namespaces cannot be made. */
export const namespaceNeeds =
  'The simulation needs Linux network namespaces: root, or `unshare --map-root-user --net --mount sh -c "mount -t tmpfs none /run && ip link set lo up && npm run bench -- regions"`.';

/** Makes namespaces with veth cables, in the addresses that are reserved for benchmarks (198.18.0.0/15). Throws an Error that says what it needs. */
export function createWorkerNamespaces(count: number): WorkerNamespaces {
  const made: string[] = [];
  const remove = () => {
    // A cable goes with either of its ends.
    for (const name of made.splice(0)) execFileSync('ip', ['netns', 'delete', name]);
  };
  try {
    const namespaces = Array.from({ length: count }, (_, index) => create(index, made));
    return { namespaces, remove };
  } catch (error) {
    remove();
    throw new Error(`${namespaceNeeds} ${faultOf(error)}`, { cause: error });
  }
}

function create(index: number, made: string[]): WorkerNamespace {
  const name = `hintrank-${process.pid}-${index}`;
  const [here, there] = [`hr${process.pid}-${index}`, 'worker'];
  const [gateway, address] = addressesOf(process.pid * namespacesMax + index);
  ip('netns', 'add', name);
  made.push(name);
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name);
  ip('address', 'add', `${gateway}/30`, 'dev', here);
  ip('link', 'set', here, 'up');
  ip('-netns', name, 'address', 'add', `${address}/30`, 'dev', there);
  ip('-netns', name, 'link', 'set', there, 'up');
  return {
    name,
    address,
    setCable: (isConnected) => ip('-netns', name, 'link', 'set', there, isConnected ? 'up' : 'down'),
  };
}

/** Both ends of a cable: the network of four addresses with this number in 198.18.0.0/15, so that two simulations do not meet. */
function addressesOf(number: number): [string, string] {
  const first = (number * 4) % 2 ** 17;
  const [second, third, fourth] = [18 + (first >> 16), (first >> 8) & 255, first & 255];
  return [`198.${second}.${third}.${fourth + 1}`, `198.${second}.${third}.${fourth + 2}`];
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
}

function faultOf(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr === '' ? String(error) : stderr;
}
