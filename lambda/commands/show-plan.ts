import { ranElsewhere } from '../adopt/ran-elsewhere';
import { whoIsAtWork } from './at-work';
import { isOfStack, obstacleOf, obstacleToContract } from './by-hand';
import { readAll } from './read-all';
import { intentByHand } from './up';
import { VouchedScripts } from '../journal/vouched-scripts';
import { readTableSizes, type TableSize } from '../look/table-sizes';
import { type PlannedMigration, plannedMigration } from './planned-migration';
import type { Database } from '../ports';
import { isContract, manifestOf } from '../manifest/manifest';
import type { GivenMigration } from '../plan/command';
import { pendingOf, planForward } from '../plan/plan-forward';
import type { History, HistoryRow } from '../plan/history';
import type { ForwardPlan } from '../plan/plan-types';
import type { Failure, Refused } from '../words/failure';
import { namesOf } from '../words/explain';
import { foreseenRefusal } from '../work/revert';
import { journalsOf } from '../work/run';
import type { World } from '../world';

/** What the command `plan` answers. Keys are only ever added: people and programs read it. */
export interface PlanAnswer {
  readonly apply: readonly string[];
  /** Those of them that have the phase contract. */
  readonly contract: readonly string[];
  /** Why `up`, or the deployment of a given release, would be refused; null where it would not. */
  readonly refused: Failure | null;
  /**
   * What is half-applied or half-reverted, newest first: it is reverted to its end before anything is applied. Empty while somebody is
   * at work: what that comes to shows when it has ended.
   */
  readonly revertFirst: readonly string[];
  /** What would be run, in order. Empty for a given release, whose texts are not here. */
  readonly migrations: readonly PlannedMigration[];
  /** The tables that are there and that it touches, as far as its text tells. */
  readonly tables: readonly TableSize[];
  /** Who works on the database at this moment, in words; null where nobody does. Absent in answers of older functions. */
  readonly lockedBy?: string | null;
}

/** Characters of SQL: an answer of a function has room for six million bytes. */
const MOST_OF_SQL = 2_000_000;

/** What `up` would do, or the deployment of a release that is given. Changes nothing, and waits for nobody. */
export async function showPlan(
  database: Database,
  world: World,
  release: readonly GivenMigration[] | null,
): Promise<PlanAnswer> {
  const { history, otherHistories = [] } = await readAll(database);
  const isByHand = release === null;
  const code = isByHand ? world.code : manifestOf(release);
  const pending = pendingOf(code, history.migrations);
  const apply = namesOf(pending);
  const room = { left: MOST_OF_SQL };
  const migrations = isByHand ? pending.map((entry) => plannedMigration(entry, world.own, database.name, room)) : [];
  const isPending = new Set(apply);
  const touching = release?.filter(({ name }) => isPending.has(name)) ?? migrations;
  const early = isByHand ? obstacleOf(history, world) : null;
  const plan = early ?? planForward(intentOf({ ...world, code }, history, isByHand), null, [], code, history);
  // A deployment has migrations that contract wait for its application.
  const obstacleTo = (made: ForwardPlan): Refused | null =>
    ranElsewhere(otherHistories, made.apply) ?? (isByHand ? obstacleToContract(history, made) : null);
  const obstacle = plan.kind === 'refused' ? plan : obstacleTo(plan);
  const lockedBy = await whoIsAtWork(database, history);
  const isOpen = plan.kind === 'refused' || obstacle !== null || lockedBy !== null;
  const revertFirst = isOpen ? [] : plan.revertFirst;
  const refused = obstacle?.failure ?? (await stuckAt(database, revertFirst, world));
  return {
    apply,
    contract: namesOf(pending.filter(isContract)),
    refused,
    revertFirst: refused === null ? namesOf(revertFirst) : [],
    migrations,
    tables: await readTableSizes(database, [...new Set(touching.flatMap(({ tables }) => tables))]),
    lockedBy,
  };
}

/** That of `up`, or of a deployment by the construct that deployed last. */
function intentOf(world: World, { deployments }: History, isByHand: boolean): ForwardIntent {
  const intent = intentByHand(world, '');
  const newest = deployments.find(isOfStack);
  if (isByHand || newest === undefined) return intent;
  const request = { ...intent.request, resource: newest.resource };
  return { ...intent, kind: 'update', request, physicalId: '', old: intent.release };
}

type ForwardIntent = Parameters<typeof planForward>[0];

/** Why what is half-applied could not be reverted. */
async function stuckAt(database: Database, rows: readonly HistoryRow[], world: World): Promise<Failure | null> {
  const scripts = new VouchedScripts({ ...world, ...journalsOf(database) }, [world.code.digest]);
  for (const row of rows) {
    const refusal = await foreseenRefusal(row, scripts);
    if (refusal !== null) return refusal;
  }
  return null;
}
