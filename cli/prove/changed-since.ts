import path from 'node:path';
import { ExpectedFailure } from '../expected-failure';
import { runGit } from '../run-git';

/** Files of a directory that are not what they were in a git commit, by name; those that git does not know among them. */
export function changedSince(directory: string, ref: string): ReadonlySet<string> {
  const namesFrom = (...args: readonly string[]): readonly string[] => {
    const answer = runGit(directory, args);
    if (answer.kind === 'missing') {
      throw new ExpectedFailure(
        'git-missing',
        'there is no git on the PATH, with which --changed compares: install it. Nothing was run',
      );
    }
    if (answer.status !== 0) throw cannotCompare(directory, ref, String(answer.stderr).trim());
    return String(answer.stdout)
      .split('\0')
      .filter((name) => name !== '');
  };
  const changed = namesFrom('diff', '--name-only', '--no-renames', '--relative', '-z', ref, '--', '.');
  const unknown = namesFrom('ls-files', '--others', '--exclude-standard', '-z', '--', '.');
  return new Set([...changed, ...unknown].filter((name) => path.dirname(name) === '.'));
}

function cannotCompare(directory: string, ref: string, why: string): ExpectedFailure {
  return new ExpectedFailure('base-unknown', `git could not compare ${directory} with ${ref}: ${why}. Nothing was run`);
}
