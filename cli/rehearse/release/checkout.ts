import * as fs from 'node:fs';
import * as path from 'node:path';
import { nothingPlayed } from '../nothing-played';
import { runGit } from '../../run-git';

/** What git does not keep, and an app needs: packages of npm, and Python's of a folder. */
const INSTALLED = ['node_modules', '.venv', 'venv'];

/** And files that an app reads, where the commit does not have them. */
const LOCAL = ['.env', 'cdk.context.json'];

/**
 * Writes the files of a commit into a folder, and links what is installed in the working tree. Neither the repository nor its
 * index is touched: the files come by way of an index of their own. Gives the folder in it that corresponds to `app`.
 */
export function checkOut(app: string, commit: string, folder: string): string {
  const root = git(app, ['rev-parse', '--show-toplevel']);
  const files = path.join(folder, 'files');
  writeFiles(root, commit, files, path.join(folder, 'index'));
  makeRepository(root, commit, files);
  const below = git(root, ['ls-tree', '-r', '-d', '-z', '--name-only', commit]).split('\0');
  for (const each of ['', ...below]) linkInstalled(path.join(root, each), path.join(files, each), root, files);
  for (const each of LOCAL)
    linkFile(path.join(app, each), path.join(files, path.relative(root, fs.realpathSync(app)), each));
  return path.join(files, path.relative(root, fs.realpathSync(app)));
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
  git(files, ['init', '--quiet', '--template=']);
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

function linkFile(from: string, to: string): void {
  if (!fs.existsSync(from) || fs.existsSync(to) || !isFolder(path.dirname(to))) return;
  fs.symlinkSync(from, to);
}

function linkInstalled(from: string, to: string, root: string, files: string): void {
  for (const name of INSTALLED) {
    const installed = path.join(from, name);
    if (!isFolder(installed) || fs.existsSync(path.join(to, name)) || !isFolder(to)) continue;
    const links = name === 'node_modules' ? workspaceLinks(installed, root) : [];
    if (links.length === 0) fs.symlinkSync(installed, path.join(to, name));
    else linkEach(installed, path.join(to, name), new Map(links), files);
  }
}

/** Packages that are folders of the repository itself: those of the commit are wanted, and not the working tree's. */
function workspaceLinks(modules: string, root: string): readonly (readonly [name: string, target: string])[] {
  return entriesOf(modules).flatMap((name) => {
    const link = path.join(modules, name);
    if (!fs.lstatSync(link).isSymbolicLink() || !fs.existsSync(link)) return [];
    const target = path.relative(root, fs.realpathSync(link));
    const isOwn = !target.startsWith('..') && !target.split(path.sep).includes('node_modules');
    return isOwn ? [[name, target] as const] : [];
  });
}

function linkEach(from: string, to: string, own: ReadonlyMap<string, string>, files: string): void {
  for (const name of [...entriesOf(from), '.bin', '.pnpm']) {
    if (!fs.existsSync(path.join(from, name))) continue;
    const target = own.get(name);
    fs.mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    fs.symlinkSync(target === undefined ? path.join(from, name) : path.join(files, target), path.join(to, name));
  }
}

/** Names of packages, those with a scope too. */
function entriesOf(modules: string): readonly string[] {
  return fs
    .readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? fs.readdirSync(path.join(modules, name)).map((each) => `${name}/${each}`) : [name],
    );
}

function isFolder(folder: string): boolean {
  return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
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
