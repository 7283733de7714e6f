import { readAll, versionIn } from './read-all';
import { readRecentDeployments, type RecentDeployment } from '../journal/recent-deployments';
import { describeBlockers } from '../session/sessions';
import { lockSession } from '../session/lock';
import { readRunning, type StatementProgress } from '../session/statement-progress';
import type { Database } from '../ports';
import { currentStep, doneBefore, type CurrentStep } from './current-step';
import { pendingOf } from '../plan/plan-forward';
import { isHalf, splitAt, type HistoryRow } from '../plan/history';
import type { Manifest } from '../manifest/types';
import { stepOf } from '../sql/step';
import type { World } from '../world';

/** What the command `watch` answers: one look at what goes on. Keys are only ever added. */
export interface WatchAnswer {
  readonly database: string;
  /** The newest deployment; null where there was none. */
  readonly deployment: WatchedDeployment | null;
  /** What was done by hand since that deployment, the oldest first. Absent in answers of older functions. */
  readonly byHand?: readonly Pick<RecentDeployment, 'id' | 'type' | 'error'>[];
  /** Whether somebody holds the lock: a deployment, or `up`, `down` or `repair`. */
  readonly isLocked: boolean;
  /** What is worked on; null where nothing is, or where it is between two. */
  readonly current: CurrentStep | null;
  /** What the server says of the statement that runs; null where it shows nothing. */
  readonly statement: StatementProgress | null;
  /** Who keeps it from its table, in words; null where nobody is known to. */
  readonly blockedBy: string | null;
}

export interface WatchedDeployment extends Pick<
  RecentDeployment,
  'id' | 'type' | 'status' | 'isContract' | 'isRefused' | 'attempts' | 'tookMs' | 'isOwed' | 'error'
> {
  /** Name of the newest migration of its release; null where that is not known. */
  readonly version: string | null;
  /** How many of its migrations are applied, or done in the transaction that is open, and how many are pending. */
  readonly applied: number;
  readonly pending: number;
  readonly hasEnded: boolean;
}

/** As many marks of what was done by hand may stand above the newest deployment. */
const MOST_MARKS = 50;

/** Looks at what goes on. Takes no lock, waits for nobody and changes nothing. */
export async function watch(database: Database, world: World): Promise<WatchAnswer> {
  const { code } = world;
  const session = await lockSession(database);
  const { history, journal } = await readAll(database);
  const recent = journal === 'complete' ? await readRecentDeployments(database, MOST_MARKS) : [];
  const [marks, [newest]] = splitAt(recent, ({ type }) => type !== 'down' && type !== 'repair');
  const pending = pendingOf(code, history.migrations);
  const running = session === null ? null : await readRunning(database, session);
  const isOpen = session !== null && newest?.status === 'running';
  const half = history.migrations.findLast(isHalf);
  const text = running?.text ?? null;
  const current = await currentStep(database, { half, pending: isOpen ? pending : null }, text, world);
  const isWaiting = /lock/i.test(running?.statement.state ?? '');
  const done = doneBefore(current, pending);
  return {
    database: database.name,
    isLocked: session !== null,
    byHand: marks.map(({ id, type, error }) => ({ id, type, error })).toReversed(),
    deployment:
      newest === undefined ? null : await watched(database, newest, history.migrations, code, pending.length, done),
    current,
    statement: running?.statement ?? null,
    blockedBy: isWaiting && text !== null ? await describeBlockers(database, stepOf(text), session) : null,
  };
}

/** `left`: how many migrations of the function's code are pending, of which `done` are done and not journalled as done. */
async function watched(
  database: Database,
  newest: RecentDeployment,
  rows: readonly HistoryRow[],
  code: Manifest,
  left: number,
  done: number,
): Promise<WatchedDeployment> {
  const { id, type, status, isContract, isRefused, attempts, tookMs, isOwed, error } = newest;
  const version = await versionIn(database, newest.digest, code);
  const journalled = rows.filter(({ deployment, state }) => deployment === id && state === 'applied').length;
  const [applied, pending] = newest.digest === code.digest ? [journalled + done, left - done] : [journalled, 0];
  const hasEnded = newest.endedAt !== null;
  const result = { version, applied, pending, attempts, tookMs, hasEnded, isOwed, error };
  return { id, type, status, isContract, isRefused, ...result };
}
