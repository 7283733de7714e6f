import { withRun } from './at-work';
import { journalsOf, type ExecutePorts } from '../work/run';
import { readHistory } from '../journal/history-reader';
import { oldestUnsettled } from '../journal/settle';
import type { OtherHistory } from '../adopt/tool-history';
import { takeLock } from '../session/lock';
import type { Database } from '../ports';
import { listNames, namesOf } from '../words/explain';
import { refuse, type Refused } from '../words/failure';
import { describeOwed } from '../words/describe-owed';
import { isOwed, type DeploymentRow, type History, type HistoryRow } from '../plan/history';
import { NOTHING_YET } from '../work/spent-session';
import { isContract } from '../manifest/manifest';
import type { World } from '../world';
import type { ForwardPlan } from '../plan/plan-types';

/** What a command works with that changes something: a session that holds the lock, and history read under it. */
export interface ByHand {
  readonly kind: 'held';
  readonly history: History;
  /** Of other tools; none where the journal is there. */
  readonly otherHistories: readonly OtherHistory[];
  readonly ports: ExecutePorts;
}

/** How long it waits for a deployment that holds the lock. Milliseconds. */
const PATIENCE_MS = 10_000;

/** A run by hand belongs to no stack: no event settles it, and it cancels nobody. It is reverted with the release of which it is. */
export const NOBODY = { stackId: '', logicalId: '' };

/** Takes the lock for a command, and reads history. */
export async function byHand(database: Database, world: World, soFar = NOTHING_YET): Promise<ByHand | Refused> {
  const lock = await takeLock(database, world.clock, PATIENCE_MS);
  if (lock.kind === 'busy') {
    const { history } = await readHistory(database, NOBODY);
    return refuse('lock-not-free', `${withRun(lock.holder, history)} holds the lock of this database; nothing was run`);
  }
  const reading = await readHistory(database, NOBODY);
  if (reading.journal === 'unusable') return { kind: 'refused', failure: reading.failure };
  const { history, journal, otherHistories = [] } = reading;
  const hasJournal = journal !== 'absent';
  const { session } = lock;
  const ports = { ...world, ...journalsOf(database), database, session, hasJournal, isNewAttempt: true, soFar };
  return { kind: 'held', history, otherHistories, ports };
}

/**
 * Why a schema must not be changed outside of a deployment now; null where it may. Only the release that CloudFormation
 * deployed last may be worked on: anything else would run ahead of the stack, whose rollback knows nothing of it.
 */
export function obstacleOf({ deployments }: History, { code }: World): Refused | null {
  const newest = deployments.find(isOfStack);
  if (newest === undefined) return null;
  if (isOwed(newest)) return refuse('revert-owed', `${describeOwed(newest)}; nothing was run`);
  if (newest.status !== 'applied') {
    return refuse(
      'code-not-updated',
      `the newest deployment is ${newest.status}, not applied; nothing was run. Wait for it, continue its rollback, or deploy`,
    );
  }
  if (newest.newDigest === code.digest) return null;
  return refuse(
    'code-not-updated',
    `this is the release ${code.digest}, and the newest deployment has ${newest.newDigest}; nothing was run. Deploy this one, or run it with that one`,
  );
}

/**
 * Why what is pending must not be applied now; null where it may. Between the two resources of a construct the application
 * is updated: until then its old code may need what the phase contract takes away.
 */
export function obstacleToContract({ deployments }: History, { apply }: ForwardPlan): Refused | null {
  const newest = deployments.find(isOfStack);
  const isBetween = newest !== undefined && newest.resource.contractOf === undefined && newest.settledAt === null;
  const contracting = apply.filter(isContract);
  if (!isBetween || contracting.length === 0) return null;
  return refuse(
    'out-of-order',
    `${listNames(namesOf(contracting))} of the phase contract must wait until the application was updated, ` +
      `and the newest deployment has not come so far; nothing was run. Wait for it, or deploy`,
  );
}

/**
 * Why some rows must not be reverted now; null where they may. A rollback goes back to what was there before its deployment: what
 * of that was reverted by hand, nobody would put back.
 */
export async function obstacleToDown(database: Database, rows: readonly HistoryRow[]): Promise<Refused | null> {
  const unsettled = await oldestUnsettled(database);
  const older = rows.filter(({ deployment }) => unsettled !== null && (deployment ?? 0) < unsettled);
  if (older.length === 0) return null;
  return refuse(
    'out-of-order',
    `${listNames(namesOf(older))} ${older.length === 1 ? 'was' : 'were'} there before the newest deployment, which may still be rolled back; nothing was run. ` +
      `Wait until CloudFormation is done with its stack, or revert less`,
  );
}

/** Whether CloudFormation asked for it. */
export function isOfStack({ type }: DeploymentRow): boolean {
  return type === 'Create' || type === 'Update';
}
