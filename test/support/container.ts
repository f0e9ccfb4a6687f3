import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, linkSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from '#infra/tools/tool-paths.ts';

export interface ContainerOptions {
  /** Becomes `/`, read-only; `/app` and mount points are made before. */
  readonly rootFolder: string;
  /** Folders of this machine by where they are seen inside, read-only but for those that say so. */
  readonly mounts: Readonly<Record<string, { readonly source: string; readonly writable: boolean }>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

export interface Container {
  /** Everything that was written to standard output and error so far. */
  readonly output: () => string;
  /** Resolves once the output has the text; rejects when the process ends without. */
  readonly said: (text: string) => Promise<void>;
  /** Sends a signal to process 1 of the container. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Exit status; 137 for SIGKILL. */
  readonly ended: Promise<number>;
}

/** The user of the image: nobody on this machine. */
const userId = 65_532;

/** Programs that the entrypoint calls, beside tini and Node. */
const shellPrograms = ['sh', 'mkdir', 'id'];

/** Puts `/usr/bin` of a small image into `rootFolder`: what the entrypoint calls, tini from Debian's package, and the Node that runs this. */
export function addPrograms(rootFolder: string): void {
  const folder = join(rootFolder, 'usr/bin');
  mkdirSync(folder, { recursive: true });
  for (const program of shellPrograms) {
    const found = execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    copyFileSync(realpathSync(found), join(folder, program));
  }
  copyFileSync(findTool('tini'), join(folder, 'tini'));
  linkSync(realpathSync(process.execPath), join(folder, 'node'));
  symlinkSync('usr/bin', join(rootFolder, 'bin'));
  mkdirSync(join(rootFolder, 'proc'));
}

/**
 * Runs a command the way a container does: as process 1 of its own process namespace, in its own mounts, under a read-only root, as a user without rights. No
 * Docker: unshare, bind mounts and chroot; where the tests do not run as root, inside a user namespace.
 */
export function startContainer({ rootFolder, mounts, environment, command }: ContainerOptions): Container {
  const isRoot = process.getuid?.() === 0;
  const systemFolders = Object.fromEntries(
    ['/lib', '/lib64', '/usr/lib', '/dev'].map((path) => [path, { source: realpathSync(path), writable: false }]),
  );
  const steps = [`mount --bind "${rootFolder}" "${rootFolder}"`];
  for (const [path, { source, writable }] of Object.entries({ ...systemFolders, ...mounts })) {
    const target = join(rootFolder, path);
    mkdirSync(target, { recursive: true });
    steps.push(`mount --bind "${source}" "${target}"`);
    if (!writable) steps.push(`mount -o remount,bind,ro "${target}"`);
  }
  steps.push(`mount -t proc proc "${rootFolder}/proc"`, `mount -o remount,bind,ro "${rootFolder}"`);
  const user = isRoot ? [`--userspec=${userId}:${userId}`, '--groups='] : [];
  steps.push(`exec setpriv --no-new-privs chroot ${user.join(' ')} "${rootFolder}" "$@"`);
  const namespaces = [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child=SIGKILL',
    ...(isRoot ? [] : ['--user', '--map-root-user']),
  ];
  const child = spawn('unshare', [...namespaces, 'sh', '-ec', steps.join('\n'), 'sh', ...command], {
    env: { ...environment, PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

function watch(child: ChildProcess): Container {
  let output = '';
  const ended = once(child, 'close').then(([code, signal]) => (signal === 'SIGKILL' ? 137 : Number(code)));
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    output: () => output,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => output.includes(text) && resolve();
        look();
        for (const stream of [child.stdout, child.stderr]) stream?.on('data', look);
        ended.then((status) => reject(new Error(`ended with ${status} and never said ${text}:\n${output}`)), reject);
      }),
    signal: (name) => {
      // unshare is outside; its only child is process 1 inside.
      const [first] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
      process.kill(Number(first), name);
    },
    ended,
  };
}
