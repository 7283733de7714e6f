import path from 'node:path';
import { evaluateModule } from '../../lambda/edges/own-scripts';
import type { OwnScripts } from '../../lambda/ports';
import type { Manifest } from '../../lambda/manifest/types';
import { describe } from '../../lib/review/migration-problem';
import { readMigrations, type MigrationSet } from '../../lib/source/migration-source';
import { quoted } from '../advice';
import { withFlywayOnce } from '../lint/flyway-problem';
import { ExpectedFailure } from '../expected-failure';
import { emptyFolder, type MigrationsFolder } from '../migrations-folder';

/** A release as the function has it in its code. */
export interface Release {
  readonly code: Manifest;
  readonly own: OwnScripts;
}

/** At most so many problems of a folder are listed where it is not the command that looks for them. */
const MOST_PROBLEMS = 5;

/**
 * Reads a folder as the release that would be deployed of it.
 *
 * @param database name of the database that it is for; undefined where that is not known
 */
export function releaseIn({ name, path: folder }: MigrationsFolder, database: string | undefined): Release {
  const { found, problems: each, nested } = readMigrations(folder, database);
  if (found !== undefined) return { code: found.manifest, own: ownScriptsIn(folder, found) };
  if (each.some(({ code }) => code === 'directory-empty')) throw emptyFolder({ name }, nested);
  const problems = withFlywayOnce(each);
  const lines = problems.slice(0, MOST_PROBLEMS).map((problem) => `\n  ${describe(problem)}`);
  const more = problems.length > MOST_PROBLEMS ? `\n  and ${problems.length - MOST_PROBLEMS} more` : '';
  throw new ExpectedFailure(
    'folder-unusable',
    `the migrations in ${name} cannot be used; nothing was run. See "npx aurora-migrations lint ${quoted(name)}":${lines.join('')}${more}`,
  );
}

/** The scripts of a folder, as the function finds those in its code. */
export function ownScriptsIn(folder: string, { scripts }: Pick<MigrationSet, 'scripts'>): OwnScripts {
  const text = (file: string): string => scripts.get(file) ?? '';
  return {
    text: (name) => text(`${name}.json`),
    largeUp: (name) => JSON.parse(scripts.get(`${name}.up.json`) ?? '[]') as readonly string[],
    module: (name, source) => evaluateModule(path.join(path.resolve(folder), `${name}.js`), source),
  };
}
