import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, type MigrationProblem } from '../lib/review/migration-problem';
import { nameOf } from '../lib/source/migration-files';
import { quoted } from './terminal/quoted';
import { ExpectedFailure } from './expected-failure';
import type { Settings } from './settings';

/** Where the tools that people come from have their migrations by default. */
const USUAL_FOLDERS = [
  'migrations',
  'db/migrations',
  'db/migration',
  'database/migrations',
  'sql/migrations',
  'src/main/resources/db/migration',
];

/** A folder with migrations, and how it was found. */
export interface MigrationsFolder {
  /** As it was given: what messages name. */
  readonly name: string;
  readonly path: string;
  /** True where nobody named it. */
  readonly isGuess: boolean;
}

/** The folder that is named by a flag, else by the settings, else the one that has a usual name. */
export function migrationsFolder(
  root: string,
  flag: string | undefined,
  { directory }: Pick<Settings, 'directory'>,
): MigrationsFolder {
  const named = (flag ?? directory)?.replace(/(?<=.)[\\/]+$/, '');
  if (named === undefined) return usualFolder(root);
  const absolute = path.resolve(root, named);
  if (!isDirectory(absolute)) {
    throw new ExpectedFailure(
      'directory-missing',
      `${named} is not a folder${flag === undefined ? ' (it is named in cdk.json)' : ''}: name the one that holds your migrations with --directory. Nothing was done`,
    );
  }
  return { name: named, path: absolute, isGuess: false };
}

function usualFolder(root: string): MigrationsFolder {
  const usual = USUAL_FOLDERS.filter((name) => isDirectory(path.join(root, name)));
  // What else begins with a number, such as 01-setup.sql, stands beside the folder that is meant.
  const there = usual.length === 0 && holdsMigrations(root) ? ['.'] : usual;
  const [name, ...others] = there;
  if (name === undefined) {
    throw new ExpectedFailure('directory-unknown', `${noFolderIn(root)}. Nothing was done`);
  }
  if (others.length > 0) {
    throw new ExpectedFailure(
      'directory-unclear',
      `it is not clear which folder is meant: there are ${there.join(', ')}. Name one with --directory. Nothing was done`,
    );
  }
  return { name, path: path.join(root, name), isGuess: true };
}

/** That nobody named it. */
export function guessNote({ name }: Pick<MigrationsFolder, 'name'>): string {
  return `No folder was named: reading ${name === '.' ? 'this one' : name}.`;
}

/** That none has a usual name, and what to do. */
export function noFolderIn(root: string): string {
  return `there is no folder ${USUAL_FOLDERS.slice(0, -1).join(', ')} or ${USUAL_FOLDERS.at(-1)} in ${root}: name the one that holds your migrations with --directory`;
}

/** That a folder has none, and what to do. `nested`: subdirectories that have some. */
export function emptyFolder({ name }: Pick<MigrationsFolder, 'name'>, nested: readonly string[]): ExpectedFailure {
  return new ExpectedFailure(
    'directory-empty',
    nested.length === 0
      ? `there is no migration in ${name}: make one with "npx aurora-migrations create add_user --directory ${quoted(name)}", or name another folder with --directory`
      : `there is no migration in ${name} itself, and its subdirectories are not read: name one of them with --directory (${nested.join(', ')})`,
  );
}

/** At most so many problems of a folder are listed where it is not the command that looks for them. */
const MOST_PROBLEMS = 5;

/** That its migrations cannot be used, and why. */
export function unusableFolder(
  { name }: Pick<MigrationsFolder, 'name'>,
  { problems, nested }: { readonly problems: readonly MigrationProblem[]; readonly nested: readonly string[] },
): ExpectedFailure {
  if (problems.some(({ code }) => code === 'directory-empty')) return emptyFolder({ name }, nested);
  const lines = problems.slice(0, MOST_PROBLEMS).map((problem) => `\n  ${describe(problem)}`);
  const more = problems.length > MOST_PROBLEMS ? `\n  and ${problems.length - MOST_PROBLEMS} more` : '';
  return new ExpectedFailure(
    'folder-unusable',
    `the migrations in ${name} cannot be used; nothing was run. See "npx aurora-migrations lint ${quoted(name)}":${lines.join('')}${more}`,
  );
}

/** Whether somebody stands in the folder itself. */
function holdsMigrations(folder: string): boolean {
  return fs.readdirSync(folder).some((file) => 'name' in nameOf(file));
}

function isDirectory(folder: string): boolean {
  return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
