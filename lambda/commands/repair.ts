import { byHand } from './by-hand';
import { recordAdopted } from '../journal/adopted-rows';
import { readMigrations } from '../journal/history-reader';
import { createJournal } from '../journal/journal-tables';
import { noteSchemaByHand } from '../journal/schema-after-last-run';
import type { Database } from '../ports';
import { writeRepair } from '../journal/repair-journal';
import type { Command } from '../plan/command';
import type { MigrationState } from '../plan/history';
import { planRepair } from '../plan/plan-repair';
import { refuse, type Refused } from '../words/failure';
import type { World } from '../world';

/** What a repair came to. */
export type RepairResult =
  | Refused
  | {
      readonly kind: 'repaired';
      readonly migration: string;
      /** What the history says now; null where the migration is no longer in it. */
      readonly state: MigrationState | null;
      readonly checksum: string | null;
      readonly stepsDone: number;
      readonly stepsTotal: number;
    };

/**
 * Writes down what a person found out or did by hand: of a step of which nothing shows whether it was done, of a migration
 * that is half-applied, of an edited text. Runs none of a migration's statements; the next request goes on from there.
 */
export async function repair(
  database: Database,
  world: World,
  { migration, what }: Command & { readonly kind: 'repair' },
): Promise<RepairResult> {
  const held = await byHand(database, world);
  if (held.kind === 'refused') return held;
  const { history, ports } = held;
  if (!ports.hasJournal)
    return refuse(
      'bad-request',
      'nothing was deployed to this database yet: see {"command":"baseline","to":"NAME"}; nothing was written',
    );
  const plan = planRepair(migration, what, history.migrations, world.code);
  if (plan.kind === 'refused') return plan;

  await createJournal(database);
  if (plan.kind === 'forget') await ports.deployments.unseal();
  if (plan.kind === 'record') await recordAdopted(database, 'repair', [plan.row], history);
  else {
    const write = async (): Promise<void> => {
      await writeRepair(ports.migrations, world.own, plan);
      if (plan.kind === 'forget') await ports.migrations.forgetRemoved(await ports.deployments.endReverted());
    };
    // Only somebody's work by hand makes the schema another one than the last run left.
    await (what.kind === 'state' ? noteSchemaByHand(database, 'repair', null, write) : write());
  }
  await ports.deployments.seal();
  world.log.warn(`repaired by hand: ${plan.row.name}`, { migration: plan.row.name, ...what });
  const row = (await readMigrations(database)).find(({ name }) => name === plan.row.name);
  return {
    kind: 'repaired',
    migration: plan.row.name,
    state: row?.state ?? null,
    checksum: row?.checksum ?? null,
    stepsDone: row?.stepsDone ?? 0,
    stepsTotal: row?.stepsTotal ?? 0,
  };
}
