import * as fs from 'node:fs';
import * as path from 'node:path';
import { nothingPlayed } from '../nothing-played';
import { runGit } from '../../run-git';
import { readProject } from './cdk-project';
import { bringInstalled } from './installed';
import { type Moved, otherNames } from './moved-paths';

/** Files that an app reads, where the commit does not have them. */
const LOCAL = ['.env', 'cdk.context.json'];

/** A commit, as files. */
export interface Checkout extends Moved {
  /** The folder among its files that corresponds to the app's. It may not be there. */
  readonly folder: string;
}

/**
 * Writes the files of a commit into a folder, with what is installed in the working tree. Neither the repository nor its index is
 * touched, since the files come by way of an index of their own, nor is the working tree.
 *
 * @param command of the app, in place of that of `cdk.json`
 */
export function checkOut(app: string, commit: string, into: string, command?: string): Checkout {
  const root = git(app, ['rev-parse', '--show-toplevel']);
  const files = path.join(into, 'files');
  writeFiles(root, commit, files, path.join(into, 'index'));
  makeRepository(root, commit, files);
  const folder = path.join(files, path.relative(root, fs.realpathSync(app)));
  const moved = { root, alsoRoot: otherNames(root, [process.env.PWD, process.env.VIRTUAL_ENV]), files };
  const project = readProject(folder);
  const run = command ?? project?.app;
  // Without an app, nothing is run.
  if (run !== undefined && fs.existsSync(folder)) {
    const below = git(root, ['ls-tree', '-r', '-d', '-z', '--name-only', commit]).split('\0');
    const folders = ['', ...below.filter((each) => each !== '')];
    bringInstalled(moved, folders, { app: run, build: project?.build });
    for (const each of LOCAL) copyFile(path.join(app, each), path.join(folder, each));
  }
  return { folder, ...moved };
}

/** Submodules too, as far as they are there: a folder of migrations may be one. */
function writeFiles(root: string, commit: string, files: string, index: string): void {
  const variables = { GIT_INDEX_FILE: index };
  git(root, ['read-tree', commit], variables);
  git(root, ['checkout-index', '--all', '--quiet', `--prefix=${files}${path.sep}`], variables);
  fs.mkdirSync(files, { recursive: true });
  for (const line of git(root, ['ls-tree', '-r', '-z', commit]).split('\0')) {
    const [, inner, folder] = /^160000 commit (\w+)\t([^]*)$/.exec(line) ?? [];
    if (inner === undefined || folder === undefined) continue;
    const module = path.join(root, folder);
    if (!fs.existsSync(path.join(module, '.git'))) continue;
    writeFiles(module, inner, path.join(files, folder), `${index}-${inner}`);
  }
}

/**
 * A repository of its own, at that commit and with all names of the other one: an app may ask git for its version. It borrows the
 * objects of the other one, and writes nothing there.
 */
function makeRepository(root: string, commit: string, files: string): void {
  const [objects = '', shallow = ''] = ['objects', 'shallow'].map((each) =>
    path.resolve(root, git(root, ['rev-parse', '--git-path', each])),
  );
  const url = runGit(root, ['config', '--get', 'remote.origin.url']);
  const format = runGit(root, ['rev-parse', '--show-object-format']);
  const hash = format.kind === 'ran' && format.status === 0 ? format.stdout.toString().trim() : 'sha1';
  // Ids like those of the other one, and refs as files, whatever this machine makes by default.
  git(files, ['init', '--quiet', '--template='], { GIT_DEFAULT_HASH: hash, GIT_DEFAULT_REF_FORMAT: 'files' });
  const own = path.join(files, '.git');
  fs.mkdirSync(path.join(own, 'objects/info'), { recursive: true });
  fs.writeFileSync(path.join(own, 'objects/info/alternates'), `${objects}\n`);
  if (fs.existsSync(shallow)) fs.copyFileSync(shallow, path.join(own, 'shallow'));
  const refs = git(root, ['for-each-ref', '--format=%(objectname) %(refname)']);
  fs.writeFileSync(path.join(own, 'packed-refs'), `# pack-refs with: \n${refs}\n`);
  fs.writeFileSync(path.join(own, 'HEAD'), `${commit}\n`);
  git(files, ['read-tree', commit]);
  if (url.kind === 'ran' && url.status === 0) git(files, ['config', 'remote.origin.url', url.stdout.toString().trim()]);
}

/** No link: what is run among the commit's files may write them. */
function copyFile(from: string, to: string): void {
  if (fs.existsSync(to) || !(fs.statSync(from, { throwIfNoEntry: false })?.isFile() ?? false)) return;
  fs.copyFileSync(from, to);
}

function git(folder: string, args: readonly string[], variables?: Readonly<Record<string, string>>): string {
  const answer = runGit(folder, args, { variables });
  if (answer.kind === 'ran' && answer.status === 0) return answer.stdout.toString().trimEnd();
  const why = answer.kind === 'ran' ? answer.stderr.toString().trim() : 'there is no git';
  throw nothingPlayed(
    'git-failed',
    `git ${args[0] ?? ''} fails with "${why}", so that the base release is not to be had: see to that, or name it with --from-assembly`,
  );
}
