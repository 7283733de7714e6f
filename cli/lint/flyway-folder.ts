import * as fs from 'node:fs';
import { HARMLESS, nameOf } from '../../lib/source/migration-files';
import type { MigrationProblem } from '../../lib/review/migration-problem';
import { ignoredCodes } from '../../lib/review/ignored-codes';
import { readSourceText } from '../../lib/source/source-text';
import { readPairedSql } from '../../lib/source/sql-migration';
import { ColumnDefinitions } from '../../lib/review/tables/column-definitions';
import { counted } from '../counted';
import { compareVersions, readFlywayName, type FlywayFile } from './flyway-name';
import { flywayNames } from './flyway-problem';
import type { FolderReading } from './folder-reading';

/**
 * Reads a folder with Flyway's names. They are not the names of migrations here, which is told once, with the names that
 * they would have; the SQL in them is reviewed all the same. Undefined for any other folder, also where some are renamed.
 */
export function readFlywayFolder(folder: string): FolderReading | undefined {
  const files = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !HARMLESS.test(entry.name))
    .map(({ name }) => name)
    .sort();
  if (files.some((file) => 'part' in nameOf(file))) return undefined;
  const versioned = files.flatMap((file) => readFlywayName(file) ?? []).sort(compareVersions);
  const ups = versioned.filter(({ part }) => part === 'up');
  const [first, ...others] = ups;
  if (first === undefined) return undefined;
  const downs = new Map(versioned.filter(({ part }) => part === 'down').map((down) => [down.version.join('.'), down]));
  const columns = new ColumnDefinitions();
  const readings = ups.map((up) => readMigration(folder, up, downs.get(up.version.join('.')), columns));
  const withoutDown = ups.filter(({ version }) => !downs.has(version.join('.')));
  return {
    names: ups.map(({ file }) => file),
    nested: [],
    errors: [
      flywayNames([first, ...others], 'Their SQL is reviewed here as it is'),
      ...downsMissing(withoutDown, ups),
      ...files.filter((file) => readFlywayName(file) === undefined).map(otherFile),
      ...readings.flatMap(({ errors }) => errors),
    ],
    warnings: readings.flatMap(({ warnings }) => warnings),
  };
}

function downsMissing(without: readonly FlywayFile[], ups: readonly FlywayFile[]): readonly MigrationProblem[] {
  const [first] = without;
  if (first === undefined) return [];
  return [
    {
      code: 'down-missing',
      file: first.file,
      problem: `of ${counted(ups.length, 'migration')}, ${without.length} ${without.length === 1 ? 'has' : 'have'} no undo (U… beside V…), so that nothing could revert them: write one for each that is not released yet. For those that are, the line "-- migrate:irreversible" is enough: a rollback leaves them`,
    },
  ];
}

function otherFile(file: string): MigrationProblem {
  if (/^R__.*\.sql$/.test(file)) {
    return {
      code: 'flyway-repeatable',
      file,
      problem:
        'repeatable migrations are not supported, for a rollback could not bring the text before back: put it into a migration, and each change of it into a new one (CREATE OR REPLACE VIEW, DROP PROCEDURE and CREATE PROCEDURE)',
    };
  }
  return {
    code: 'flyway-file',
    file,
    problem: 'it is no versioned migration in SQL, and is not read: write it as one, or move it elsewhere',
  };
}

interface Reading {
  readonly errors: readonly MigrationProblem[];
  readonly warnings: readonly MigrationProblem[];
}

function readMigration(
  folder: string,
  up: FlywayFile,
  down: FlywayFile | undefined,
  columns: ColumnDefinitions,
): Reading {
  const texts = [up, ...(down === undefined ? [] : [down])].map(({ file }) => readSourceText(folder, file));
  const unreadable = texts.flatMap(({ problems }) => problems);
  const [upText, downText] = texts.map(({ found }) => found);
  if (unreadable.length > 0 || upText === undefined) return { errors: unreadable, warnings: [] };
  // What stands in for one is the name of no database.
  const hasPlaceholders = texts.some(({ found }) => found !== undefined && placeholders(found).length > 0);
  const ignored = ignoredCodes(`${upText.source}\n${downText?.source ?? ''}`);
  // That there is no undo is told once, for all: here it reads as if that were meant.
  const marker = downText === undefined ? '\n-- migrate:irreversible' : '';
  const {
    found,
    problems,
    warnings: ofText,
  } = readPairedSql(up.file.replace(/\.sql$/, ''), {
    up: { ...upText, source: `${withNames(upText.source)}${marker}` },
    down: downText && { ...downText, source: withNames(downText.source) },
  });
  if (found?.review === undefined) columns.forget();
  const warnings = found?.review?.(columns) ?? ofText;
  return {
    errors: [...problems, ...texts.flatMap(({ found }) => (found ? placeholders(found) : []))],
    warnings: warnings.filter(({ code }) => !ignored.has(code) && !(code === 'other-database' && hasPlaceholders)),
  };
}

const PLACEHOLDER = /\$\{[\w.:-]+\}/g;

/** With a name of the same length for each placeholder, so that the rest can be reviewed. */
function withNames(source: string): string {
  return source.replace(PLACEHOLDER, (placeholder) => placeholder.replace(/\W/g, '_'));
}

/** The first placeholder of a file: the server would get it as it is written. */
function placeholders({ file, source }: { readonly file: string; readonly source: string }): MigrationProblem[] {
  const at = source.search(PLACEHOLDER);
  if (at < 0) return [];
  const before = source.slice(0, at).split('\n');
  const name = /^\$\{[^}]+\}/.exec(source.slice(at))?.[0] ?? '';
  return [
    {
      code: 'flyway-placeholder',
      file,
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      problem: `${name} is a placeholder of Flyway, and nothing replaces it here: write its value`,
    },
  ];
}
