import { checkConfirmed, planAdopt, planBaseline, type AdoptPlan } from '../adopt/plan-adopt';
import { TOOL_FORMS } from '../adopt/tools';
import { byHand, NOBODY } from './by-hand';
import { recordAdopted } from '../journal/adopted-rows';
import { readHistory } from '../journal/history-reader';
import { createJournal } from '../journal/journal-tables';
import { readToolTables } from '../look/tool-tables';
import type { Database } from '../ports';
import type { Command } from '../plan/command';
import type { History } from '../plan/history';
import { namesOf } from '../words/explain';
import { refuse, type Refused } from '../words/failure';
import type { World } from '../world';

/** What came of adopting. `found`: it was only looked at, and nothing was written. */
export type AdoptResult = Refused | Shown;

/** What an {@link AdoptPlan} says, with names in place of entries. */
export interface Shown extends Omit<AdoptPlan, 'kind' | 'record'> {
  readonly kind: 'found' | 'recorded';
  readonly database: string;
  readonly table: string | null;
  readonly record: readonly { readonly name: string; readonly theirs: string; readonly checksum?: string }[];
}

type Adopting = Command & { readonly kind: 'adopt' | 'baseline' };

/**
 * Records migrations as applied that were not run here: those of another tool's history, or all up to one. Only what
 * somebody was shown before is written, and only where the journal has no history of its own; none of it is run.
 */
export async function adopt(database: Database, world: World, command: Adopting): Promise<AdoptResult> {
  const table = command.kind === 'adopt' ? (command.table ?? TOOL_FORMS[command.from].table) : null;
  if (command.record === null) {
    const reading = await readHistory(database, NOBODY);
    if (reading.journal === 'unusable') return { kind: 'refused', failure: reading.failure };
    if (reading.journal === 'outdated') {
      return refuse(
        'cannot-adopt',
        'an older version of AuroraMigrations made the journal of this database; nothing was written. Deploy instead',
      );
    }
    const plan = await planOf(database, world, command, reading.history);
    return plan.kind === 'refused' ? plan : answer('found', database, table, plan);
  }

  const held = await byHand(database, world);
  if (held.kind === 'refused') return held;
  const plan = await planOf(database, world, command, held.history);
  if (plan.kind === 'refused') return plan;
  const other = checkConfirmed(command.record, plan);
  if (other !== null) return other;
  // From here on all of it is written, or nothing.
  if (world.clock.isStopped?.() === true) return refuse('stopped', 'a person stopped it; nothing was recorded');
  await createJournal(database);
  const entries = plan.record.map(({ entry }) => entry);
  await recordAdopted(database, 'adopt', entries, held.history);
  return answer('recorded', database, table, plan);
}

async function planOf(
  database: Database,
  { code }: World,
  command: Adopting,
  history: History,
): Promise<AdoptPlan | Refused> {
  if (command.kind === 'baseline') return planBaseline(command.to, code, history);
  const { table, read } = TOOL_FORMS[command.from];
  const reading = await readToolTables(database, command.from, command.table ?? table);
  if ('kind' in reading) return reading;
  return planAdopt(read(reading, namesOf(code.migrations)), reading.table, code, history);
}

function answer(kind: 'found' | 'recorded', database: Database, table: string | null, plan: AdoptPlan): AdoptResult {
  const { already, unknown, pending, late, notes } = plan;
  const record = plan.record.map(({ entry, theirs, checksum }) => ({ name: entry.name, theirs, checksum }));
  return { kind, table, database: database.name, record, already, unknown, pending, late, notes };
}
