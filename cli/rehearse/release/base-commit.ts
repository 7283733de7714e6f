import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ExpectedFailure } from '../../expected-failure';
import { nothingPlayed } from '../nothing-played';
import { lookForWorkTree, runGit } from '../../run-git';

/** The commit that a rehearsal begins at. */
export interface BaseCommit {
  readonly commit: string;
  /** How it was found: `origin/main`, or `the merge base with origin/main`. */
  readonly name: string;
}

/** There is none, so that it is the first release that is rehearsed. */
export interface NoBaseCommit {
  readonly because: string;
}

const NO_COMMIT: NoBaseCommit = { because: 'git has no commit before this one' };

/** Where a project's releases usually come from; of the first of them that is there. */
const TRUNKS = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

/**
 * The release that is deployed already, as far as git can know it: the commit at which the work has left the trunk. On the
 * trunk itself it is HEAD where files of the working tree differ from it, and else the commit before.
 *
 * @param from a ref that somebody named, in place of all that
 * @param ours files that the rehearsal itself writes, which are no work of anybody
 */
export function baseCommit(
  folder: string,
  from: string | undefined,
  ours: readonly string[] = [],
): BaseCommit | NoBaseCommit {
  const found = lookForWorkTree(folder);
  if (found.kind === 'refused') {
    throw nothingPlayed(
      'git-failed',
      `git cannot be asked for the base release: ${found.because}. See to that, or name the release with --from-assembly`,
    );
  }
  if (found.kind === 'missing') throw noGit();
  if (found.kind === 'none') {
    if (from === undefined) return { because: 'this folder is in no git repository' };
    throw nothingPlayed(
      'git-missing',
      `${folder} is in no git repository, so that there is no ${from}: leave --from out`,
    );
  }
  if (from !== undefined) return { commit: named(folder, from), name: from };
  const head = commitOf(folder, 'HEAD');
  if (head === undefined) return NO_COMMIT;
  const isShallow = say(folder, ['rev-parse', '--is-shallow-repository']) === 'true';
  const bases = TRUNKS.filter((trunk) => commitOf(folder, trunk) !== undefined).map((trunk) => ({
    trunk,
    common: say(folder, ['merge-base', 'HEAD', trunk]),
  }));
  for (const { trunk, common } of bases) {
    if (common === undefined || common === head) continue;
    return { commit: common, name: `the merge base with ${trunk}` };
  }
  // Where history is cut off, nobody knows whether this is the trunk.
  if (isShallow && bases.length > 0 && bases.every(({ common }) => common === undefined)) throw cutOff();
  if (isChanged(folder, ours)) return { commit: head, name: 'HEAD' };
  const parent = commitOf(folder, 'HEAD^');
  if (parent === undefined && isShallow) throw cutOff();
  return parent === undefined ? NO_COMMIT : { commit: parent, name: 'the commit before HEAD' };
}

/** Whether the working tree differs from HEAD in more than these files. */
function isChanged(folder: string, ours: readonly string[]): boolean {
  const root = say(folder, ['rev-parse', '--show-toplevel']) ?? folder;
  const excluded = ours
    .map((file) =>
      path.relative(root, path.join(fs.realpathSync(folder), path.relative(folder, path.resolve(folder, file)))),
    )
    .filter((file) => !file.startsWith('..') && !path.isAbsolute(file))
    .map((file) => `:(top,exclude,literal)${file.split(path.sep).join('/')}`);
  return (say(folder, ['status', '--porcelain', '--untracked-files=all', '--', ':(top)', ...excluded]) ?? '') !== '';
}

function cutOff(): ExpectedFailure {
  return nothingPlayed(
    'base-unknown',
    'this clone is shallow, so that git does not know the release before: fetch the whole history (git fetch --unshallow; in GitHub Actions fetch-depth: 0), or name a commit that is here with --from',
  );
}

function named(folder: string, ref: string): string {
  const commit = commitOf(folder, ref);
  if (commit !== undefined) return commit;
  throw nothingPlayed(
    'base-unknown',
    `git knows no commit ${ref}: fetch it (in CI with the whole history: fetch-depth 0), or correct --from`,
  );
}

function commitOf(folder: string, ref: string): string | undefined {
  return say(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
}

/** What git says; undefined where it refuses. */
function say(folder: string, args: readonly string[]): string | undefined {
  const answer = runGit(folder, args);
  if (answer.kind === 'missing') throw noGit();
  return answer.status === 0 ? answer.stdout.toString().trim() : undefined;
}

function noGit(): ExpectedFailure {
  return nothingPlayed(
    'git-missing',
    'there is no git on the PATH, from which the base release is taken: install it, or name the two releases with --assembly and --from-assembly',
  );
}
