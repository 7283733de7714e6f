import * as fs from 'node:fs';
import * as path from 'node:path';
import { ExpectedFailure } from './expected-failure';

/**
 * Refuses a file that could not be written in the end, before any work is done for it.
 *
 * @param option what named it, such as `--report`
 * @param state such as `Nothing was played`
 */
export function requireWritable(option: string, file: string, state: string): void {
  const problem = problemOf(path.resolve(file));
  if (problem === null) return;
  throw new ExpectedFailure(
    'file-unwritable',
    `${option} ${file}: it cannot be written, since ${problem}. ${state}: name another file`,
  );
}

/** Writes a whole file or nothing: what was there stays until all of the new one is on the disk. Folders are made. */
export function writeWhole(file: string, text: string): void {
  // Not another file in place of a pipe or a terminal.
  if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    fs.writeFileSync(file, text);
    return;
  }
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    fs.writeFileSync(unfinished, text, { flush: true });
    fs.renameSync(unfinished, file);
  } catch (error) {
    fs.rmSync(unfinished, { force: true });
    throw error;
  }
}

function problemOf(file: string): string | null {
  const there = fs.statSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) return 'it is a folder';
  if (there?.isFile() === false) return whyNot('it', () => fs.accessSync(file, fs.constants.W_OK));
  let folder = path.dirname(file);
  while (!fs.existsSync(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  if (!fs.statSync(folder).isDirectory()) return `${folder} is no folder`;
  // Asked for by its rights alone, a folder of a read-only or made-up file system may seem to take files.
  return whyNot(folder, () => {
    const probe = path.join(folder, `.aurora-migrations.${process.pid}.tmp`);
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
  });
}

function whyNot(name: string, attempt: () => void): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return `${name} may not be written to (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
}
