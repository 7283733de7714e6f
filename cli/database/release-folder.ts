import path from 'node:path';
import { evaluateModule } from '../../lambda/edges/own-scripts';
import type { OwnScripts } from '../../lambda/ports';
import type { Manifest } from '../../lambda/manifest/types';
import { readMigrations, type MigrationSet } from '../../lib/source/migration-source';
import { withFlywayOnce } from '../lint/flyway-problem';
import { type MigrationsFolder, unusableFolder } from '../migrations-folder';

/** A release as the function has it in its code. */
export interface Release {
  readonly code: Manifest;
  readonly own: OwnScripts;
}

/**
 * Reads a folder as the release that would be deployed of it.
 *
 * @param database name of the database that it is for; undefined where that is not known
 */
export function releaseIn({ name, path: folder }: MigrationsFolder, database: string | undefined): Release {
  const { found, problems, nested } = readMigrations(folder, database);
  if (found !== undefined) return { code: found.manifest, own: ownScriptsIn(folder, found) };
  throw unusableFolder({ name }, { problems: withFlywayOnce(problems), nested });
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
