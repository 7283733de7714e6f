import { natureOf } from '../../lambda/plan/step-nature';
import { destroyed, overwritten } from './data-loss';
import { propertiesLeftByDown } from './database-coverage';
import { leftByDown } from './down-coverage';
import { MadeObjects } from './made-objects';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';
import { TableReview } from './table-review';

/** A migration in SQL whose files could be read. */
export interface MigrationUnderReview {
  readonly up: readonly StatementUnderReview[];
  readonly down: readonly StatementUnderReview[];
  readonly irreversible: boolean;
}

/** Says what is worth a second look before a migration is released. Of a down, only what it leaves. */
export function reviewMigration({ up, down, irreversible }: MigrationUnderReview): readonly Finding[] {
  const made = new MadeObjects();
  const tables = new TableReview(down);
  const rowsBefore: StatementUnderReview[] = [];
  const findings: Finding[] = [];
  for (const statement of up) {
    const effects = statement.effects ?? [];
    if (statement.kind === 'dml' && effects.some(({ object }) => !made.has(object))) rowsBefore.push(statement);
    findings.push(
      ...destroyed(statement, made),
      ...(irreversible ? [] : overwritten(statement, made, down)),
      ...tables.review(statement, made),
      ...blind(statement),
    );
    made.follow(effects);
  }
  return [
    ...findings,
    ...mixed(up, rowsBefore),
    ...(irreversible ? [] : [...leftByDown(up, down), ...propertiesLeftByDown(up, down)]),
  ];
}

function blind(statement: StatementUnderReview): readonly Finding[] {
  if (statement.effects !== undefined || natureOf(statement.text) !== 'blind') return [];
  return [
    finding(
      'blind-statement',
      statement,
      'nothing in the schema shows whether it ran: if the function dies just then, the deployment ends as FAILED and a person has to say. Put it into a migration of its own, and make it one that may run twice',
    ),
  ];
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
      `it changes rows, and line ${ddl.line} of the same migration changes the schema: that is committed at once, so a failure here leaves the one without the other until it is taken back. Put them into two migrations`,
    ),
  ];
}
