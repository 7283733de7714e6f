import path from 'node:path';
import type { PlannedMigration } from '../../lambda/commands/planned-migration';
import type { PlanAnswer } from '../../lambda/commands/show-plan';
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
 */
export function reviewPlan(
  { migrations }: PlanAnswer,
  folder: { readonly name: string; readonly path: string } | null,
  home: string,
): ReadonlyMap<string, readonly PlanFinding[]> {
  const local = folder === null ? null : { folder, ...readMigrations(folder.path, home) };
  const checksums = new Map<string, string>(
    local?.found?.manifest.migrations.map(({ name, checksum }) => [name, checksum]),
  );
  return new Map(
    migrations.map((each): readonly [string, readonly PlanFinding[]] => {
      const isHere = checksums.get(each.name) === each.checksum;
      if (!isHere || local === null) return [each.name, ofStatements(each, home)];
      const own = local.warnings.filter(({ migration }) => migration === each.name);
      return [
        each.name,
        own.map(({ code, problem, file, line }) => ({
          code,
          message: `${path.posix.join(local.folder.name, file)}${line === undefined ? '' : `:${line}`}: ${problem}`,
        })),
      ];
    }),
  );
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
