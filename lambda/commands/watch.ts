import { readAll, versionIn } from './read-all';
import { readRecentDeployments, type RecentDeployment } from '../journal/recent-deployments';
import { describeBlockers } from '../session/sessions';
import { lockSession } from '../session/lock';
import { readStatementProgress, type StatementProgress } from '../look/statement-progress';
import type { Database, OwnScripts } from '../ports';
import { pendingOf } from '../plan/plan-forward';
import { isHalf, openPlace, progressOf, splitAt, type HistoryRow } from '../plan/history';
import { NOWHERE, placeOf } from '../manifest/step-lines';
import type { Manifest, ManifestEntry } from '../manifest/types';
import { stepOf, type Step } from '../sql/step';
import { ownStatements } from '../work/own-script';
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
  /** How many of its migrations are applied, and how many are pending. */
  readonly applied: number;
  readonly pending: number;
  readonly hasEnded: boolean;
}

export interface CurrentStep {
  readonly migration: string;
  readonly direction: 'up' | 'down';
  /** Counted from 1. */
  readonly step: number;
  readonly steps: number;
  /** The file in which it stands, and on which line it begins there; null where that is not known. */
  readonly file: string | null;
  readonly line: number | null;
  /** The beginning of its statement; null where this function's code has it not. */
  readonly sql: string | null;
  /** False where it is the first one that is pending: its row comes with its commit. */
  readonly isJournalled: boolean;
}

/** As many marks of what was done by hand may stand above the newest deployment. */
const MOST_MARKS = 50;

/** Characters of a statement. */
const MOST_OF_STATEMENT = 200;

/** Looks at what goes on. Takes no lock, waits for nobody and changes nothing. */
export async function watch(database: Database, { code, own }: World): Promise<WatchAnswer> {
  const session = await lockSession(database);
  const { history, journal } = await readAll(database);
  const recent = journal === 'complete' ? await readRecentDeployments(database, MOST_MARKS) : [];
  const [marks, [newest]] = splitAt(recent, ({ type }) => type !== 'down' && type !== 'repair');
  const pending = pendingOf(code, history.migrations);
  const half = history.migrations.findLast(isHalf);
  const next = session !== null && newest?.status === 'running' ? pending[0] : undefined;
  const at = half ? atHalf(half) : next && atFirst(next);
  const step = at && stepAt(at, code, own);
  const statement = session === null ? null : await readStatementProgress(database, session);
  const isWaiting = /lock/i.test(statement?.state ?? '');
  return {
    database: database.name,
    isLocked: session !== null,
    byHand: marks.map(({ id, type, error }) => ({ id, type, error })).toReversed(),
    deployment: newest === undefined ? null : await watched(database, newest, history.migrations, code, pending.length),
    current: at
      ? { ...at, sql: step?.text.slice(0, MOST_OF_STATEMENT) ?? null, isJournalled: half !== undefined }
      : null,
    statement,
    blockedBy: isWaiting && step !== undefined ? await describeBlockers(database, step, session) : null,
  };
}

/** `left`: how many migrations of the function's code are pending. */
async function watched(
  database: Database,
  newest: RecentDeployment,
  rows: readonly HistoryRow[],
  code: Manifest,
  left: number,
): Promise<WatchedDeployment> {
  const { id, type, status, isContract, isRefused, attempts, tookMs, isOwed, error } = newest;
  const version = await versionIn(database, newest.digest, code);
  const applied = rows.filter(({ deployment, state }) => deployment === id && state === 'applied').length;
  const pending = newest.digest === code.digest ? left : 0;
  const hasEnded = newest.endedAt !== null;
  const result = { version, applied, pending, attempts, tookMs, hasEnded, isOwed, error };
  return { id, type, status, isContract, isRefused, ...result };
}

/** What is worked on. */
type At = Omit<CurrentStep, 'sql' | 'isJournalled'>;

function atHalf(row: HistoryRow): At {
  const { direction, done } = progressOf(row);
  return { migration: row.name, direction, step: done + 1, steps: row.stepsTotal, ...(openPlace(row) ?? NOWHERE) };
}

function atFirst(entry: ManifestEntry): At {
  const { name, steps } = entry;
  return { migration: name, direction: 'up', step: 1, steps, ...(placeOf(entry, 'up', 0) ?? NOWHERE) };
}

/** Of a down, the journal says only how many of those that were chosen are done. */
function stepAt(at: At, code: Manifest, own: OwnScripts): Step | undefined {
  const isOurs = code.migrations.some(({ name }) => name === at.migration);
  if (!isOurs || at.direction === 'down') return undefined;
  const text = ownStatements(own, at.migration)?.up[at.step - 1];
  return text === undefined ? undefined : stepOf(text);
}
