import fs from 'node:fs';
import path from 'node:path';
import type { PlannedMigration } from '../../lambda/commands/planned-migration';
import type { PlanAnswer } from '../../lambda/commands/show-plan';
import type { ManifestEntry } from '../../lambda/manifest/types';
import type { MigrationProblem } from '../../lib/review/migration-problem';
import { compareNames } from '../../lambda/manifest/name';
import { ignoredCodes } from '../../lib/review/ignored-codes';
import { readMigrations } from '../../lib/source/migration-source';
import { reviewMigration } from '../../lib/review/review-migration';
import { underReview } from '../../lib/review/statement-under-review';

/** What the review says of a migration. */
export interface PlanFinding {
  readonly code: string;
  readonly message: string;
}

/**
 * What the review says of each migration that a plan would run, by its name. By its file in the folder where that is there
 * with the same text: then it is known what the file acknowledges, and at which line it is. Else by its statements.
 *
 * @param planned whose release it is: the folder's, or the one that a function has
 */
export function reviewPlan(
  { migrations, apply }: PlanAnswer,
  folder: { readonly name: string; readonly path: string } | null,
  home: string,
  planned: 'folder' | 'function',
): ReadonlyMap<string, readonly PlanFinding[]> {
  const local = folder === null ? null : { folder, ...readMigrations(folder.path, home) };
  const checksums = new Map<string, string>(
    local?.found?.manifest.migrations.map(({ name, checksum }) => [name, checksum]),
  );
  const pending = new Set(apply);
  // Of another release it is not known: what the folder has besides may be newer than that.
  const applied =
    planned === 'folder' ? local?.found?.manifest.migrations.findLast(({ name }) => !pending.has(name)) : undefined;
  return new Map(
    migrations.map((each): readonly [string, readonly PlanFinding[]] => {
      const isHere = checksums.get(each.name) === each.checksum;
      if (!isHere || local === null) return [each.name, ofStatements(each, home)];
      const own = local.warnings.filter(({ migration }) => migration === each.name);
      return [
        each.name,
        [...late(each, local.folder.path, applied), ...own].map(({ code, problem, file, line }) => ({
          code,
          message: `${path.posix.join(local.folder.name, file)}${line === undefined ? '' : `:${line}`}: ${problem}`,
        })),
      ];
    }),
  );
}

/** That one would run behind a newer one, unless its file acknowledges that. Whether it may is known to the stack alone. */
function late(
  { name, file }: PlannedMigration,
  folder: string,
  applied: ManifestEntry | undefined,
): readonly MigrationProblem[] {
  if (applied === undefined || compareNames(name, applied.name) > 0) return [];
  const files = [file, file.replace(/\.up\.sql$/, '.down.sql')].map((each) => path.join(folder, each));
  const texts = files.filter((each) => fs.existsSync(each)).map((each) => fs.readFileSync(each, 'utf8'));
  if (texts.some((text) => ignoredCodes(text).has('out-of-order'))) return [];
  const problem = `it sorts before ${applied.name}, which is applied: here it runs after that, and in a new database before it (with outOfOrder: FAIL the deployment is refused). Give it a number after ${applied.name}`;
  return [{ code: 'out-of-order', file, problem }];
}

function ofStatements(
  { file, up, down, irreversible, isModule }: PlannedMigration,
  home: string,
): readonly PlanFinding[] {
  if (isModule) return [];
  const read = (statements: readonly string[]): ReturnType<typeof underReview> =>
    underReview(
      file,
      statements.map((text) => ({ text, line: 1, column: 1 })),
      home,
    );
  const findings = reviewMigration({ home, up: read(up), down: read(down), irreversible });
  return findings.map(({ code, problem }) => ({ code, message: problem }));
}
