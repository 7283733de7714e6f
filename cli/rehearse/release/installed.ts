import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nothingPlayed } from '../nothing-played';
import { type Moved, movedPaths } from './moved-paths';
import { bringPlugAndPlay } from './plug-and-play';

/** Of what begins with a dot in `node_modules`, what an app reads there. The rest are books and stores of package managers. */
const READ = ['.bin', '.prisma'];

/**
 * A command that starts one program on a file, and so writes no packages. `build` and scripts of a package manager may do anything:
 * patch what is installed, or generate code into it.
 */
const ONLY_STARTS =
  /^(?:\w+=\S* +)*(?:\S*\/)?(?:npx +(?:-\S+ +)*|(?:pnpm|yarn) +(?:exec +)?|(?:uv|poetry|pipenv|pdm|hatch) +run +)?(?:\S*\/)?(?:node|ts-node|tsx|bun(?! +(?:run|i|install|ci|add|x)\b)|deno|python[\d.]*)(?: [^;&|`$\n]*)?$/;

/** What may bring an environment of Python to what a lock file says, or runs in one. */
const OF_PYTHON = /\b(?:python[\d.]*|uv|poetry|pipenv|pdm|hatch)\b/;

/** Bytes of a script of a Python environment. What is larger is a program. */
const MOST_BYTES = 256 * 1024;

/** Of Python's packages, what says where those are that are installed from a folder of the repository. */
const NAMES_FOLDERS = /\.(?:pth|egg-link)$|^__editable__.*\.py$/;

/** What is run among the commit's files. */
export interface Commands {
  readonly app: string;
  readonly build?: string;
}

/**
 * Brings what is installed in the working tree to a commit's files, and so that nothing which is run there gets through to the
 * working tree: an app may empty `node_modules` (`npm ci`), or bring its environment to what a lock file says (`uv run`).
 *
 * @param folders of the commit, relative to its root
 */
export function bringInstalled(moved: Moved, folders: readonly string[], { app, build }: Commands): void {
  // Copies of packages take time and space. Installing does not follow links, but what writes into a package does.
  const isOnlyStarted = build === undefined && ONLY_STARTS.test(app.trim());
  const bringPackages = isOnlyStarted ? linkPackages : copyPackages;
  // An app in JavaScript may stand beside a program with gigabytes of Python's packages.
  const bringEnvironment = isOnlyStarted && !OF_PYTHON.test(app) ? link : copyEnvironment;
  // Node looks there, too, as from a submodule of a larger repository.
  const above = packagesAbove(moved.root);
  if (above !== undefined) linkPackages(above, path.join(path.dirname(moved.files), 'node_modules'), moved);
  for (const folder of folders) {
    const [from, to] = [path.join(moved.root, folder), path.join(moved.files, folder)];
    if (!isFolder(from) || !isFolder(to)) continue;
    bringPlugAndPlay(from, to);
    for (const name of fs.readdirSync(from)) {
      const [installed, own] = [path.join(from, name), path.join(to, name)];
      if (fs.existsSync(own)) continue;
      if (name === 'node_modules' && isFolder(installed)) bringPackages(installed, own, moved);
      else if (fs.existsSync(path.join(installed, 'pyvenv.cfg'))) bringEnvironment(installed, own, moved);
    }
  }
}

function packagesAbove(folder: string): string | undefined {
  const parent = path.dirname(folder);
  if (parent === folder) return undefined;
  const packages = path.join(parent, 'node_modules');
  return isFolder(packages) ? packages : packagesAbove(parent);
}

/** A folder of its own with a link for each package: whoever empties it, or puts another package there, meets the links. */
function linkPackages(from: string, to: string, moved: Moved): void {
  fs.mkdirSync(to);
  for (const name of fs.readdirSync(from)) {
    const [installed, own] = [path.join(from, name), path.join(to, name)];
    if (name.startsWith('.') && !READ.includes(name)) continue;
    if ((name === '.bin' || name.startsWith('@')) && isFolder(installed)) linkPackages(installed, own, moved);
    else if (path.basename(from) === '.bin' && fs.lstatSync(installed).isFile()) callProgram(installed, own);
    else if (fs.existsSync(installed)) fs.symlinkSync(ownPackage(installed, moved) ?? installed, own);
  }
}

/** pnpm's are scripts that look for their package from where they are called. */
function callProgram(program: string, own: string): void {
  fs.writeFileSync(own, `#!/bin/sh\nexec '${program.replaceAll("'", `'\\''`)}' "$@"\n`, { mode: 0o755 });
}

/** For what may write into packages themselves, such as a patch or a generator. */
function copyPackages(from: string, to: string, moved: Moved): void {
  copy(from, to);
  const names = fs.readdirSync(from).flatMap((name) => {
    const isScope = name.startsWith('@') && isFolder(path.join(from, name));
    return isScope ? fs.readdirSync(path.join(from, name)).map((each) => path.join(name, each)) : [name];
  });
  for (const name of names) {
    const [installed, copied] = [path.join(from, name), path.join(to, name)];
    const own = ownPackage(installed, moved) ?? outside(installed, copied);
    if (own === undefined) continue;
    fs.rmSync(copied);
    fs.symlinkSync(own, copied);
  }
}

/** Where a package is, of which the copied link leads nowhere: a folder beside the repository, by "file:". */
function outside(installed: string, copied: string): string | undefined {
  return fs.existsSync(installed) && !fs.existsSync(copied) ? fs.realpathSync(installed) : undefined;
}

/** Where a package is a folder of the repository itself: the commit's is wanted, and not the working tree's. */
function ownPackage(installed: string, { root, files }: Moved): string | undefined {
  if (!fs.lstatSync(installed).isSymbolicLink() || !fs.existsSync(installed)) return undefined;
  const target = path.relative(root, fs.realpathSync(installed));
  if (target.startsWith('..') || target.split(path.sep).includes('node_modules')) return undefined;
  const own = path.join(files, target);
  return fs.existsSync(own) ? own : undefined;
}

function link(from: string, to: string): void {
  fs.symlinkSync(from, to);
}

/** An environment of Python names its own folder in its scripts: a copy that names the first one would install into that. */
function copyEnvironment(from: string, to: string, moved: Moved): void {
  copy(from, to);
  const paths = sitePackages(to)
    .flatMap(filesIn)
    .filter((file) => NAMES_FOLDERS.test(path.basename(file)));
  for (const file of [path.join(to, 'pyvenv.cfg'), ...filesIn(path.join(to, 'bin')), ...paths]) move(file, moved);
}

function sitePackages(environment: string): readonly string[] {
  const library = path.join(environment, 'lib');
  if (!isFolder(library)) return [];
  return fs.readdirSync(library).map((python) => path.join(library, python, 'site-packages'));
}

function filesIn(folder: string): readonly string[] {
  if (!isFolder(folder)) return [];
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(folder, entry.name));
}

function move(file: string, moved: Moved): void {
  if (fs.statSync(file).size > MOST_BYTES) return;
  const content = fs.readFileSync(file);
  if (content.includes(0)) return;
  const text = content.toString();
  const own = movedPaths(text, moved);
  if (own !== text) fs.writeFileSync(file, own);
}

/** By the system's program, which is faster than Node and shares the blocks where the file system can. */
function copy(from: string, to: string): void {
  const { status, stderr, error } = spawnSync('cp', ['-a', fs.realpathSync(from), to], {
    encoding: 'utf8',
    env: process.env,
  });
  if (status === 0) return;
  // On a full disk it says so of each file, and is ended where that is too much to keep.
  const isTold = error === undefined || ('code' in error && error.code === 'ENOBUFS');
  const why = isTold ? (stderr.trim().split('\n', 1)[0] ?? '') : error.message;
  throw nothingPlayed(
    'copy-failed',
    `${from} cannot be copied for the base release ("${why}"): make room in the folder for temporary files (TMPDIR), or name the release with --from-assembly`,
  );
}

function isFolder(folder: string): boolean {
  return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
