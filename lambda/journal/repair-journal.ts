import type { RepairPlan } from '../plan/plan-repair';
import { compress } from './row-values';
import { storedLines } from '../manifest/step-lines';
import { writeLarge } from './large-value';
import type { MigrationJournal } from './migration-journal';
import type { OwnScripts } from '../ports';
import { sql } from '../sql-text';

/** Writes down what a person says of a migration. Call it under the lock. */
export async function writeRepair(
  migrations: MigrationJournal,
  own: OwnScripts,
  plan: Exclude<RepairPlan, { kind: 'refused' | 'record' }>,
): Promise<void> {
  switch (plan.kind) {
    case 'resolve':
      return migrations.resolveDoubt(plan.row, plan.done);
    case 'finish':
      return migrations.rows.update(
        plan.row.storedName,
        sql`state = 'applied', stepsDone = stepsTotal, downStepsDone = 0, downs = NULL, \`before\` = NULL, removedBy = NULL`,
      );
    case 'forget':
      // What a release had removed is applied again where that release is reverted.
      return migrations.reverted(plan.row);
    case 'accept':
      return accept(migrations, own, plan);
    default:
      return plan satisfies never;
  }
}

/** With the text at hand, its down is what reverts it from now on. An adopted row has no script, and gets none. */
async function accept(
  migrations: MigrationJournal,
  own: OwnScripts,
  { row, checksum, entry }: RepairPlan & { kind: 'accept' },
): Promise<void> {
  const { rows } = migrations;
  const { storedName } = row;
  if (entry === null || (await migrations.script(storedName)) === null) {
    return rows.update(storedName, sql`checksum = ${checksum}`);
  }
  const write = (first: Buffer): Promise<void> =>
    rows.update(
      storedName,
      sql`checksum = ${checksum}, stepsDone = ${entry.steps}, stepsTotal = ${entry.steps}, stepLines = ${storedLines(entry)},
        irreversible = IF(state = 'kept', 1, ${entry.irreversible}), script = ${first}`,
    );
  await writeLarge(rows.database, compress(own.text(entry.name)), write, (part) =>
    rows.update(storedName, sql`script = CONCAT(script, ${part})`),
  );
}
