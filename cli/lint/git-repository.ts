import { ExpectedFailure } from '../expected-failure';
import { type GitAnswer, lookForWorkTree, runGit } from '../run-git';

/** The files of a folder at a commit, by name. */
export type FilesAt = ReadonlyMap<string, string>;

/** A folder in a git repository. */
export interface GitRepository {
  /** The commit that a ref names. */
  resolve(ref: string): string;
  /** The commit from which the work in the folder and that commit go apart. */
  commonWith(commit: string, ref: string): string;
  filesAt(commit: string): FilesAt;
}

/** Asks git about a folder. What it cannot say ends the command, with what to do. */
export function gitRepository(folder: string): GitRepository {
  const found = lookForWorkTree(folder);
  if (found.kind === 'refused') throw failure('git-failed', `git cannot be asked for --base: ${found.because}`);
  if (found.kind === 'missing') throw noGit();
  if (found.kind === 'none') {
    throw failure(
      'base-unknown',
      `${folder} is in no git repository, so that nothing can be compared: leave --base out`,
    );
  }
  return {
    resolve(ref) {
      const { status, stdout } = git(folder, [
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${ref}^{commit}`,
      ]);
      if (status === 0) return stdout.toString().trim();
      throw failure(
        'base-unknown',
        `git knows no commit ${ref}: fetch it (in CI with the whole history: fetch-depth 0), or correct --base`,
      );
    },
    commonWith(commit, ref) {
      const { status, stdout } = git(folder, ['merge-base', commit, 'HEAD']);
      if (status === 0) return stdout.toString().trim();
      throw failure(
        'base-unknown',
        `git finds no commit that HEAD and ${ref} have in common: fetch the whole history (git fetch --unshallow; in CI fetch-depth 0)`,
      );
    },
    filesAt(commit) {
      const { status, stdout, stderr } = git(folder, ['ls-tree', '-z', commit, './']);
      if (status !== 0) throw failure('git-failed', `git ls-tree fails with "${stderr.toString().trim()}"`);
      return contentsOf(folder, blobsIn(stdout.toString()));
    },
  };
}

/** Id by name. A folder below, or a link, is no migration. */
function blobsIn(listing: string): ReadonlyMap<string, string> {
  const entries = [...listing.matchAll(/100\d+ blob (\w+)\t([^\0]+)\0/g)];
  return new Map(entries.map(([, id = '', file = '']) => [file.slice(file.lastIndexOf('/') + 1), id]));
}

/** All in one process: there may be thousands. */
function contentsOf(folder: string, blobs: ReadonlyMap<string, string>): FilesAt {
  const { status, stdout, stderr } = git(folder, ['cat-file', '--batch'], [...blobs.values()].join('\n'));
  if (status !== 0) throw failure('git-failed', `git cat-file fails with "${stderr.toString().trim()}"`);
  const files = new Map<string, string>();
  let at = 0;
  for (const name of blobs.keys()) {
    const end = stdout.indexOf('\n', at);
    const size = Number(/ blob (\d+)$/.exec(stdout.toString('latin1', at, end))?.[1]);
    if (!Number.isInteger(size)) throw failure('git-failed', `git has not all of ${name}`);
    files.set(name, stdout.toString('utf8', end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return files;
}

function git(folder: string, args: readonly string[], input = ''): Exclude<GitAnswer, { readonly kind: 'missing' }> {
  const answer = runGit(folder, args, { input });
  if (answer.kind === 'ran') return answer;
  throw noGit();
}

function noGit(): ExpectedFailure {
  return failure('git-missing', 'there is no git on the PATH, which --base needs: install it, or leave --base out');
}

function failure(code: string, problem: string): ExpectedFailure {
  return new ExpectedFailure(code, `${problem}. Nothing was checked`);
}
