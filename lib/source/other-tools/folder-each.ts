import * as fs from 'node:fs';
import * as path from 'node:path';
import { compareNames } from '../../../lambda/manifest/name';
import type { MigrationProblem } from '../../review/migration-problem';

/** A subdirectory that is one migration, as Prisma, Drizzle and diesel have them. */
export interface FolderOfOne {
  readonly folder: string;
  /** Its SQL: `migration.sql` or `up.sql`. */
  readonly file: string;
  readonly hasDown: boolean;
}

/** Finds the subdirectories that are one migration each. */
export function foldersOfOne(directory: string): readonly FolderOfOne[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d+[_-]/.test(entry.name))
    .map(({ name }) => name)
    .sort(compareNames)
    .flatMap((folder): readonly FolderOfOne[] => {
      const isThere = (file: string): boolean => fs.existsSync(path.join(directory, folder, file));
      const file = ['migration.sql', 'up.sql'].find(isThere);
      return file === undefined ? [] : [{ folder, file, hasDown: isThere('down.sql') }];
    });
}

/** Says once for all of them what they are to be called. */
export function folderEach(first: FolderOfOne, others: readonly FolderOfOne[]): MigrationProblem {
  const { folder, file } = first;
  // diesel's 2026-01-31-120000_name: the whole of it is the number, and not the year.
  const name = folder.replace(/^(\d{4})-(\d\d)-(\d\d)-(?=\d{6}_)/, '$1$2$3');
  const down = first.hasDown ? `, ${name}.down.sql of its down.sql` : '';
  return {
    code: 'folder-each',
    file: `${folder}/${file}`,
    problem: `each migration has a subdirectory of its own (this one${others.length === 0 ? '' : ` and ${others.length} more`}), as Prisma, Drizzle and diesel have them, and these are not read: make ${name}.up.sql of it${down}, and the others so. docs/from-other-tools.md has the commands`,
  };
}

/** Says of the SQL in other subdirectories (`v1.2/base.sql`) that it is not read, once for all of it. */
export function sqlBelow([first, ...others]: readonly string[]): readonly MigrationProblem[] {
  if (first === undefined) return [];
  const words = path.posix
    .basename(first, '.sql')
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[\d_.-]+/, '');
  const problem = `it lies in a subdirectory${others.length === 0 ? '' : `, as ${others.length} more of .sql`}, and these are not read: put each into the folder itself, with the number of its place in front, as 0001_${words === '' ? 'base' : words}.up.sql`;
  return [{ code: 'folder-each', file: first, problem }];
}
