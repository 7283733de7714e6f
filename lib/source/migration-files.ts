import * as fs from 'node:fs';
import * as path from 'node:path';
import { compareNames, parseMigrationName } from '../../lambda/manifest/name';
import type { MigrationName } from '../../lambda/manifest/types';
import type { MigrationProblem } from '../review/migration-problem';
import { dialectNames } from './other-tools/dialect-names';
import { folderEach, foldersOfOne, sqlBelow } from './other-tools/folder-each';
import { otherPairs } from './other-tools/pair-names';

/** The files of one migration. */
export type MigrationFiles =
  | { readonly name: MigrationName; readonly form: 'sections'; readonly file: string }
  | { readonly name: MigrationName; readonly form: 'module'; readonly file: string }
  | { readonly name: MigrationName; readonly form: 'pair'; readonly up?: string; readonly down?: string };

/** The migrations that a directory holds, in order, and what of it is none. */
export interface Listing {
  readonly migrations: readonly MigrationFiles[];
  readonly problems: readonly MigrationProblem[];
  /** Subdirectories that hold files which look like migrations: `v2 (0001_a.sql and 3 more)`. */
  readonly nested: readonly string[];
}

/** How a file takes part in a migration. */
type Part = 'up' | 'down' | 'sections' | 'module';

/** In this order: what ends in `.up.sql` ends in `.sql` too. */
const ENDINGS: readonly (readonly [Part, RegExp])[] = [
  ['up', /\.up\.sql$/],
  ['down', /\.down\.sql$/],
  ['sections', /\.sql$/],
  ['module', /\.(?:js|cjs|ts)$/],
];

/**
 * Files that lie beside migrations and are none: notes, settings, other tools' sums, what the TypeScript compiler writes, and
 * what editors and file managers leave.
 */
export const HARMLESS = /^\.|^(?:Thumbs\.db|desktop\.ini)$|~$|\.(?:md|txt|json|toml|conf|sum|map|d\.ts)$/;

/** A file that is a migration, or a part of one. */
export interface NamedFile {
  readonly name: MigrationName;
  readonly part: Part;
  readonly file: string;
}

/**
 * Lists the migrations of a directory in the order of their names. Subdirectories are left alone, for modules may import
 * from them, or they belong to another construct; only those that hold what looks like migrations are named.
 */
export function listMigrations(directory: string): Listing {
  const stats = fs.statSync(directory, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    return failedListing(
      directory,
      'directory-missing',
      stats === undefined
        ? 'it is not a directory: create it, or name the one that holds your migrations'
        : 'it is not a directory, but a file: name the directory that holds it',
    );
  }
  const all = filesIn(directory);
  const dialects = dialectNames(all);
  const files = all.filter((file) => !dialects.files.has(file));
  const pairs = otherPairs(files, (file) =>
    /^--[ \t]*migrate:/m.test(fs.readFileSync(path.join(directory, file), 'latin1')),
  );
  const problems: MigrationProblem[] = [
    ...dialects.problems,
    ...pairs.problems,
    ...brokenLinks(directory),
    ...foldersNamedSo(directory),
  ];
  const named: NamedFile[] = [];
  for (const file of files.filter((each) => !pairs.files.has(each))) {
    const found = nameOf(file);
    if ('problem' in found) problems.push(found);
    else named.push(found);
  }
  const [ofOne, ...moreOfOne] = foldersOfOne(directory);
  const nested = [
    ...nestedMigrations(directory),
    ...(ofOne === undefined || named.length === 0 ? [] : [nestedIn(ofOne.folder, ofOne.file, moreOfOne.length)]),
  ];
  if (named.length === 0 && ofOne !== undefined) problems.push(folderEach(ofOne, moreOfOne));
  if (named.length === 0 && ofOne === undefined && nested.length === 0) problems.push(...sqlBelow(sqlIn(directory)));
  if (named.length === 0 && problems.length === 0) {
    return failedListing(
      directory,
      'directory-empty',
      nested.length > 0
        ? `it holds no migration itself, and subdirectories are not read: there are some in ${nested.join(', ')}. Move them up, or name one of these`
        : 'it holds no migration: add one, such as 0001_create_user.sql, or name another directory',
      nested,
    );
  }
  const migrations: MigrationFiles[] = [];
  for (const files of sameNames(named)) {
    const joined = join(files);
    if ('problem' in joined) problems.push(joined);
    else migrations.push(joined);
  }
  return { migrations, problems, nested };
}

function failedListing(directory: string, code: string, problem: string, nested: readonly string[] = []): Listing {
  return { migrations: [], problems: [{ code, file: directory, problem }], nested };
}

function filesIn(directory: string): string[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !HARMLESS.test(entry.name) && isFile(directory, entry))
    .map((entry) => entry.name)
    .sort(compareNames);
}

function nestedMigrations(directory: string): string[] {
  const nested: string[] = [];
  for (const below of subdirectories(directory)) {
    const [first, ...more] = filesIn(path.join(directory, below)).filter(looksLikeMigration);
    if (first === undefined) continue;
    nested.push(nestedIn(below, first, more.length));
  }
  return nested;
}

function sqlIn(directory: string): string[] {
  return subdirectories(directory).flatMap((below) =>
    filesIn(path.join(directory, below))
      .filter((file) => file.endsWith('.sql'))
      .map((file) => path.posix.join(below, file)),
  );
}

function nestedIn(folder: string, file: string, more: number): string {
  return `${folder} (${file}${more === 0 ? '' : ` and ${more} more`})`;
}

/** Down to the third level: neither a tree of packages nor a link that leads in a circle is gone through. */
function subdirectories(directory: string, above = '', depth = 3): string[] {
  if (depth === 0) return [];
  return fs
    .readdirSync(path.join(directory, above), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => path.posix.join(above, name))
    .sort(compareNames)
    .flatMap((name) => [name, ...subdirectories(directory, name, depth - 1)]);
}

function looksLikeMigration(file: string): boolean {
  return /^\d+[_-].*\.(?:sql|js|cjs|ts)$/.test(file) && 'part' in nameOf(file);
}

function isFile(directory: string, entry: fs.Dirent): boolean {
  return entry.isSymbolicLink() ? targetOf(directory, entry)?.isFile() === true : entry.isFile();
}

/** What a link leads to, undefined where that is not there. */
function targetOf(directory: string, { name }: fs.Dirent): fs.Stats | undefined {
  return fs.statSync(path.join(directory, name), { throwIfNoEntry: false });
}

function brokenLinks(directory: string): MigrationProblem[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !HARMLESS.test(entry.name) && entry.isSymbolicLink() && !targetOf(directory, entry))
    .map(({ name }) => ({
      code: 'unknown-file',
      file: name,
      problem: 'it is a link to what is not there: lead it to the file, or delete it',
    }));
}

/** A folder that is called like a file was mostly made by mistake, as by a `mv` that went wrong. */
function foldersNamedSo(directory: string): MigrationProblem[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /\.sql$/.test(entry.name))
    .map(({ name }) => ({
      code: 'unknown-file',
      file: name,
      problem: 'it is called like a migration and is a folder, which is not read: move its file up, or rename it',
    }));
}

/** The migration that a file belongs to by its name, or why it can be none. */
export function nameOf(file: string): NamedFile | MigrationProblem {
  const [part, ending] = ENDINGS.find(([, pattern]) => pattern.test(file)) ?? [];
  if (part === undefined || ending === undefined) {
    const isCapital = ENDINGS.some(([, pattern]) => pattern.test(file.toLowerCase()));
    const problem = isCapital
      ? 'its ending has capitals, and those of migrations are .sql, .js, .cjs and .ts in small letters: rename it'
      : 'it is no migration, for those end in .sql, .js, .cjs or .ts: move it elsewhere, or into a subdirectory';
    return { code: 'unknown-file', file, problem };
  }
  const parsed = parseMigrationName(file.replace(ending, ''));
  if ('problem' in parsed) {
    return {
      code: 'bad-name',
      file,
      problem: `${parsed.problem}. What is no migration goes elsewhere, or into a subdirectory`,
    };
  }
  if (/\.(?:up|down)$/.test(parsed.name)) {
    const problem = 'only a pair of .sql files has ".up" and ".down" in its names, once: take it out of this one';
    return { code: 'bad-name', file, problem };
  }
  return { name: parsed.name, part, file };
}

/** Files with one name stand together. Capitals do not count: the journal's key does not tell them apart. */
function sameNames(files: readonly NamedFile[]): NamedFile[][] {
  const groups = new Map<string, NamedFile[]>();
  for (const file of [...files].sort((a, b) => compareNames(a.name, b.name))) {
    const key = file.name.toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}

function join(files: readonly NamedFile[]): MigrationFiles | MigrationProblem {
  const [first, second, ...others] = files;
  if (first === undefined) throw new Error('a group of files is never empty');
  const { name } = first;
  if (second === undefined && (first.part === 'sections' || first.part === 'module')) {
    return { name, form: first.part, file: first.file };
  }
  const up = files.find(({ part }) => part === 'up')?.file;
  const down = files.find(({ part }) => part === 'down')?.file;
  const isPair = second === undefined || (others.length === 0 && up !== undefined && down !== undefined);
  if (isPair && (second === undefined || second.name === name)) {
    return { name, form: 'pair', up, down };
  }
  const names = files.map(({ file }) => file).sort(compareNames);
  return {
    code: 'duplicate-name',
    file: names.join(', '),
    problem: `all are the migration ${name}, of which there can be one: rename or remove the others${compiledHint(names)}`,
  };
}

/** A .js beside a .ts mostly comes from a compiler that was not told to leave the migrations out. */
function compiledHint(files: readonly string[]): string {
  return files.some((file) => file.endsWith('.ts')) && files.some((file) => file.endsWith('.js'))
    ? ' (if the .js is compiled from the .ts, exclude the directory in tsconfig.json and delete it)'
    : '';
}
