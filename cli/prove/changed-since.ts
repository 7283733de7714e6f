import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ExpectedFailure } from '../expected-failure';

/** Files of a directory that are not what they were in a git commit, by name; those that git does not know among them. */
export async function changedSince(directory: string, ref: string): Promise<ReadonlySet<string>> {
  const git = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await promisify(execFile)('git', ['-C', directory, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.split('\0').filter((name) => name !== '');
  };
  try {
    const changed = await git('diff', '--name-only', '--no-renames', '--relative', '-z', ref, '--', '.');
    const unknown = await git('ls-files', '--others', '--exclude-standard', '-z', '--', '.');
    return new Set([...changed, ...unknown].filter((name) => path.dirname(name) === '.'));
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim();
    throw new ExpectedFailure(
      'base-unknown',
      `git could not compare ${directory} with ${ref}: ${said === undefined || said === '' ? String(error) : said}. Nothing was run`,
    );
  }
}
