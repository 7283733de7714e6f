import { ranElsewhere } from '../adopt/ran-elsewhere';
import type { OtherHistory } from '../adopt/tool-history';
import { obstacleOf, obstacleToContract } from './by-hand';
import { readAll } from './read-all';
import { intentByHand } from './up';
import { VouchedScripts } from '../journal/vouched-scripts';
import { readTableSizes, type TableSize } from '../look/table-sizes';
import type { Database, OwnScripts } from '../ports';
import { isContract } from '../manifest/manifest';
import type { ManifestEntry } from '../manifest/types';
import { pendingOf, planForward } from '../plan/plan-forward';
import { splitAt, type History, type HistoryRow } from '../plan/history';
import { tableOf } from '../sql/db-object';
import { stepOf, type Step } from '../sql/step';
import type { Failure } from '../words/failure';
import { namesOf } from '../words/explain';
import { ownStatements } from '../work/own-script';
import { foreseenRefusal } from '../work/revert';
import { journalsOf } from '../work/run';
import type { World } from '../world';

/** What the command `plan` answers. Keys are only ever added: people and programs read it. */
export interface PlanAnswer {
  readonly apply: readonly string[];
  /** Those of them that have the phase contract. */
  readonly contract: readonly string[];
  /** Why `up` would be refused; null where it would not. */
  readonly refused: Failure | null;
  /** What is half-applied or half-reverted, newest first: it is reverted to its end before anything is applied. */
  readonly revertFirst: readonly string[];
  /** What would be run, in order. */
  readonly migrations: readonly PlannedMigration[];
  /** The tables that are there and that it touches, as far as its text tells. */
  readonly tables: readonly TableSize[];
}

export interface PlannedMigration extends Pick<ManifestEntry, 'name' | 'file' | 'checksum' | 'irreversible'> {
  /** The statements of its up, those of its down. Empty for a JavaScript migration. */
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** Statements of its up that are left out here, since an answer has not room for more. */
  readonly leftOut: number;
  /** Whether it is a JavaScript migration, which runs what it likes. */
  readonly isModule: boolean;
  /** Names of the tables that it touches. */
  readonly tables: readonly string[];
}

/** Characters of SQL: an answer of a function has room for six million bytes. */
const MOST_OF_SQL = 2_000_000;

/** What `up` would do. Changes nothing, and waits for nobody. */
export async function showPlan(database: Database, world: World): Promise<PlanAnswer> {
  const { history, otherHistories = [] } = await readAll(database);
  const pending = pendingOf(world.code, history.migrations);
  const room = { left: MOST_OF_SQL };
  const migrations = pending.map((entry) => planned(entry, world.own, database.name, room));
  const tables = [...new Set(migrations.flatMap((each) => each.tables))];
  return {
    apply: namesOf(pending),
    contract: namesOf(pending.filter(isContract)),
    ...(await forward(database, history, otherHistories, world)),
    migrations,
    tables: await readTableSizes(database, tables),
  };
}

async function forward(
  database: Database,
  history: History,
  otherHistories: readonly OtherHistory[],
  world: World,
): Promise<Pick<PlanAnswer, 'refused' | 'revertFirst'>> {
  const obstacle = obstacleOf(history, world);
  if (obstacle !== null) return { refused: obstacle.failure, revertFirst: [] };
  const plan = planForward(intentByHand(world, ''), null, [], world.code, history);
  if (plan.kind === 'refused') return { refused: plan.failure, revertFirst: [] };
  const { revertFirst } = plan;
  const early = ranElsewhere(otherHistories, plan.apply) ?? obstacleToContract(history, plan);
  const refused = early?.failure ?? (await stuckAt(database, revertFirst, world));
  return { refused, revertFirst: refused === null ? namesOf(revertFirst) : [] };
}

/** Why what is half-applied could not be reverted. */
async function stuckAt(database: Database, rows: readonly HistoryRow[], world: World): Promise<Failure | null> {
  const scripts = new VouchedScripts({ ...world, ...journalsOf(database) }, [world.code.digest]);
  for (const row of rows) {
    const refusal = await foreseenRefusal(row, scripts);
    if (refusal !== null) return refusal;
  }
  return null;
}

function planned(
  { name, file, checksum, irreversible }: ManifestEntry,
  own: OwnScripts,
  home: string,
  room: { left: number },
): PlannedMigration {
  const statements = ownStatements(own, name);
  const told = { name, file, checksum, irreversible };
  if (statements === null) return { ...told, up: [], down: [], leftOut: 0, isModule: true, tables: [] };
  const up = fitting(statements.up, room);
  const down = fitting(statements.down, room);
  const tables = tablesTouched(statements.up.map(stepOf), home);
  return { ...told, up, down, leftOut: statements.up.length - up.length, isModule: false, tables };
}

function fitting(statements: readonly string[], room: { left: number }): readonly string[] {
  return splitAt(statements, ({ length }) => (room.left -= length) < 0)[0];
}

/** Names of the tables of a database that some steps touch, as far as their texts tell. */
function tablesTouched(steps: readonly Step[], home: string): readonly string[] {
  const objects = steps.flatMap(({ effects = [] }) => effects.map(({ object }) => tableOf(object) ?? object));
  const tables = objects.filter(({ kind, schema = home }) => kind === 'table' && schema === home);
  return [...new Set(tables.map(({ name }) => name))];
}
