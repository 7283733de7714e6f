import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a whole file or nothing: what was there stays until all of the new one is on the disk. */
export function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, text, { flush: true });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
