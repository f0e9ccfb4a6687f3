import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives a finished folder its name. Where another process was first, its folder is as good and is kept, and `temporary` stays where it is.
 * @param lastFile what a whole folder holds
 */
export function moveIntoPlace(temporary: string, folder: string, lastFile: string): void {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!existsSync(join(folder, lastFile))) throw error;
  }
}
