import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseMigrationName } from '../../lambda/manifest/name';
import { listMigrations } from '../../lib/source/migration-files';
import { quoted } from '../terminal/quoted';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { isFlywayName } from '../lint/flyway-name';
import { migrationsFolder } from '../migrations-folder';
import { readSettings, type Settings } from '../settings';
import { processTerminal } from '../terminal/terminal';
import { dateOf, newNumber } from './new-number';
import { formOf, template, type NewForm } from './template';

/** What the command line says of a new migration. */
export interface CreateOptions {
  readonly directory?: string;
  /** Absent: as the folder's newest migration. */
  readonly form?: NewForm;
}

/** Makes the files of a new migration, and prints their paths. */
export function create(words: string, { directory, form }: CreateOptions): void {
  const terminal = processTerminal();
  const folder = folderFor(directory, readSettings(process.cwd()));
  const absolute = path.resolve(folder);
  const made = newMigration(wordsOf(words), folder, form, new Date());
  fs.mkdirSync(absolute, { recursive: true });
  for (const file of writeAll(folder, made)) terminal.print(file);
}

/** Other than what is read, the folder of a new migration need not be there. */
function folderFor(flag: string | undefined, settings: Settings): string {
  const named = flag ?? settings.directory;
  if (named !== undefined) {
    if (fs.statSync(named, { throwIfNoEntry: false })?.isDirectory() !== false) return named;
    throw new ExpectedFailure(
      'directory-missing',
      `${named} is a file: name a folder with --directory. Nothing was made`,
    );
  }
  try {
    return migrationsFolder(process.cwd(), undefined, {}).name;
  } catch (error) {
    if (error instanceof ExpectedFailure && error.code === 'directory-unknown') return 'migrations';
    throw error;
  }
}

function wordsOf(given: string): string {
  const words = given.trim().replace(/\s+/g, '_');
  const problem = /^\d+[_-]/.test(words)
    ? 'its number is made for it: leave it out'
    : /\.(?:sql|ts|js|cjs|up|down|d)$/i.test(words)
      ? 'the ending of its file is made for it: leave it out'
      : 'problem' in parseMigrationName(`0_${words}`)
        ? 'a name is ASCII letters, digits, "_", "-" and ".", and begins with a letter or digit, such as add_user_role'
        : undefined;
  if (problem === undefined) return words;
  throw new ExpectedFailure('bad-name', `"${given}": ${problem}. Nothing was made`, EXIT_CODE.usage);
}

function newMigration(
  words: string,
  folder: string,
  wanted: NewForm | undefined,
  now: Date,
): ReadonlyMap<string, string> {
  const directory = path.resolve(folder);
  const files = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  const flyway = files.find(isFlywayName);
  if (flyway !== undefined) {
    throw refused(
      'flyway-names',
      `the folder has Flyway's names (${flyway}), which are not read here: "npx aurora-migrations lint ${quoted(folder)}" says how to rename them`,
    );
  }
  const migrations = files.length === 0 ? [] : listMigrations(directory).migrations;
  const names = migrations.map(({ name }) => name);
  const number = newNumber(names, now);
  if (number.kind === 'none') {
    throw refused('numbers-used-up', number.problem);
  }
  const last = migrations.at(-1);
  const isHyphened = last !== undefined && dateOf(last.name) === undefined && /^\d+-/.test(last.name);
  const separator = isHyphened ? '-' : '_';
  return template(`${number.number}${separator}${words}`, wanted ?? (last === undefined ? 'sections' : formOf(last)));
}

function refused(code: string, problem: string): ExpectedFailure {
  return new ExpectedFailure(code, `${problem}. Nothing was made`, EXIT_CODE.found);
}

/** All files or none: of a pair, half would be another migration. */
function writeAll(folder: string, files: ReadonlyMap<string, string>): readonly string[] {
  const written: string[] = [];
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    try {
      fs.writeFileSync(file, text, { flag: 'wx' });
    } catch (error) {
      for (const each of written) fs.rmSync(each);
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw refused('file-exists', `${file} is there already, and is never overwritten: take another name`);
    }
    written.push(file);
  }
  return written;
}
