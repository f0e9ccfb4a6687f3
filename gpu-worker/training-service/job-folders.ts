import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** `JOB-LEASE.PID`: what a killed worker left is known by its process, which is gone. */
const folderName = /\.(\d+)$/;

/** An empty folder for one job in the hands of this process. */
export async function makeJobFolder(parent: string, jobId: string, lease: number): Promise<string> {
  const folder = join(parent, `${jobId}-${lease}.${process.pid}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Removes what workers left that were killed: data sets and what was made of them stay on no disk longer than their job. */
export async function sweepJobFolders(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const processId = Number(folderName.exec(name)?.[1] ?? Number.NaN);
    // A process of the same number is this one, which has no job yet.
    const ours = Number.isInteger(processId) && (processId === process.pid || !isAlive(processId));
    if (ours) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
