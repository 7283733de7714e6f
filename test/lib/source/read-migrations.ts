import { describe as describeProblem } from '../../../lib/review/migration-problem';
import { readMigrations, type MigrationSet } from '../../../lib/source/migration-source';
import { migrationFolder } from './migration-folder';

export type Files = Readonly<Record<string, string | Buffer>>;

/** Reads files that are expected to be good. */
export function read(files: Files): MigrationSet {
  const { found, problems } = readMigrations(migrationFolder(files));
  expect(problems).toEqual([]);
  return found!;
}

/** Reads files that are expected to be bad, and gives what is said about them. */
export function problemsOf(files: Files): string[] {
  const { found, problems } = readMigrations(migrationFolder(files));
  expect(found).toBeUndefined();
  return problems.map(describeProblem);
}

/** The stored scripts by migration. */
export function scriptsOf(set: MigrationSet): Record<string, unknown> {
  return Object.fromEntries(
    [...set.scripts].map(([file, json]) => [file.replace(/\.json$/, ''), JSON.parse(json) as unknown]),
  );
}
