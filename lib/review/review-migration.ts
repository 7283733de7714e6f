import { blindStatements } from './blind-statements';
import { destroyed, destructions, overwritten, type Destroying } from './data-loss';
import { propertiesLeftByDown } from './database-coverage';
import { namedDefiners } from './programs/definers';
import { eventTimes } from './programs/event-times';
import { leftByDown } from './down-coverage';
import { leftByIdleDown } from './idle-down';
import { MadeObjects } from './made-objects';
import { reachedDatabases } from './other-databases';
import { downsInOne } from './down-in-one';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';
import { ColumnDefinitions } from './tables/column-definitions';
import { TableReview } from './tables/table-review';

/** A migration in SQL whose files could be read. */
export interface MigrationUnderReview {
  /** The migrated database; the empty string where its name is not known. */
  readonly home: string;
  readonly up: readonly StatementUnderReview[];
  readonly down: readonly StatementUnderReview[];
  readonly irreversible: boolean;
}

/**
 * Says what is worth a second look before a migration is released. Of a down, only what it leaves.
 *
 * @param columns as the migrations before have left them; they follow this one
 */
export function reviewMigration(
  { home, up, down, irreversible }: MigrationUnderReview,
  columns = new ColumnDefinitions(),
): readonly Finding[] {
  const made = new MadeObjects();
  const tables = new TableReview(down, columns);
  const rowsBefore: StatementUnderReview[] = [];
  const destroying: Destroying[] = [];
  const findings: Finding[] = [];
  for (const statement of up) {
    const effects = statement.effects ?? [];
    if (statement.kind === 'dml' && effects.some(({ object }) => !made.has(object))) rowsBefore.push(statement);
    destroying.push(...destroyed(statement, made));
    if (!irreversible) findings.push(...overwritten(statement, made, down));
    tables.review(statement, made);
    made.follow(statement.effects);
  }
  return [
    ...destructions(destroying),
    ...findings,
    ...tables.findings,
    ...blindStatements(up),
    ...namedDefiners(up),
    ...mixed(up, rowsBefore),
    ...reachedDatabases(up, home, irreversible),
    ...(irreversible ? [] : left(home, up, down)),
  ];
}

function left(
  home: string,
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
): readonly Finding[] {
  const named = [...leftByDown(up, down, home), ...propertiesLeftByDown(up, down)];
  return [...named, ...leftByIdleDown(up, down, named), ...downsInOne(up, down), ...eventTimes(down)];
}

/** Rows of tables that the migration itself makes go with them, and do not count. */
function mixed(up: readonly StatementUnderReview[], rows: readonly StatementUnderReview[]): readonly Finding[] {
  const ddl = up.find(({ kind }) => kind === 'ddl');
  const [dml] = rows;
  if (ddl === undefined || dml === undefined) return [];
  return [
    finding(
      'ddl-with-dml',
      dml,
      `it changes rows, and line ${ddl.line} of the same migration changes the schema: that is committed at once, so a failure here leaves the one without the other until it is reverted. Put them into two migrations`,
    ),
  ];
}
