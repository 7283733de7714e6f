import { failed, OVERTAKEN, success, type Answer } from './answer';
import { REVERT_SHARE, type Attempt } from '../work/attempt';
import { ranElsewhere } from '../adopt/ran-elsewhere';
import { answerUnusable } from './answer-unusable';
import { withRun } from '../commands/at-work';
import { executePlan } from './execute-plan';
import { LOG, NOTHING_SUFFIX } from '../contract';
import { rightLacking } from '../look/definition';
import { readHistory, type UnusableReading, type UsableReading } from '../journal/history-reader';
import { createJournal } from '../journal/journal-tables';
import { interruptOlder } from '../work/interrupt';
import { takeLock, type LockHolder } from '../session/lock';
import { ConnectionLost, type Database, type Log } from '../ports';
import { describePlan } from './describe-plan';
import { explainFailure, explainRest } from '../words/explain';
import { failure, type Failure } from '../words/failure';
import { isOvertaken, type History } from '../plan/history';
import type { Intent } from '../plan/intent';
import { plan, planAtRelease } from '../plan/plan';
import { snapshotFirst, withSnapshot, type SnapshotFirst } from '../work/await-snapshot';
import { journalsOf, type ExecutePorts } from '../work/run';
import { lossOf, mayStartOver } from '../work/lost-session';
import { NOTHING_YET, SpentSession } from '../work/spent-session';
import type { World } from '../world';
import type { AwaitStatusPlan, Plan } from '../plan/plan-types';
/** What carrying out a request needs. */
export interface RequestPorts extends World {
  /** As far as it can be told without a journal. */
  readonly attempt: Attempt;
}

/** Lost connections after which a request is given up. */
const MAX_CONNECTIONS = 6;

/** Lost so often in a row while the same statement ran, it is that statement which ends the connection. */
const SAME_STEP = 3;

/** Before connecting again: at once, then with the patience that a fail-over needs. */
const PAUSES_MS = [0, 1_000, 5_000, 10_000, 15_000];

/** Carries out one CloudFormation request: connect, take the lock, read history, decide, do it, say what was done. */
export async function answerRequest(intent: Intent, ports: RequestPorts): Promise<Answer> {
  if (intent.kind === 'delete' && intent.physicalId.endsWith(NOTHING_SUFFIX)) {
    return success(intent, 'the create had changed nothing');
  }
  const end = await withSnapshot<Answer>(ports, (taken) => connected(intent, ports, taken));
  if (end.kind === 'done') return end.result;
  const reason = explainFailure(end.failure);
  const mayCome = end.kind === 'not-yet' && !ports.attempt.isLastThoughLong;
  return mayCome ? { kind: 'go-on', reason } : failed(intent, reason, false);
}

/**
 * After a lost connection nothing is carried on from memory: it starts over, and history says what is left to do.
 *
 * @param snapshot name of the snapshot that was waited for
 */
async function connected(
  intent: Intent,
  ports: RequestPorts,
  snapshot: string | null,
): Promise<Answer | SnapshotFirst> {
  const losses: (string | null)[] = [];
  let soFar = NOTHING_YET;
  for (let connections = 1; ; connections += 1) {
    const connection = await ports.connect();
    if (connection.kind === 'failed' && intent.kind === 'release-ends' && connection.isMissing === true) {
      return success(intent, 'the database is gone, and its journal with it');
    }
    if (connection.kind === 'failed') return cannotConnect(intent, connection.failure, ports, connections);
    try {
      const isNewAttempt = connections === 1;
      return await underLock(intent, connection.session.database, { ...ports, isNewAttempt, snapshot, soFar });
    } catch (error) {
      if (error instanceof SpentSession) {
        ports.log.info(`going on in a new session: ${error.message}`, { connections });
        soFar = error.after(soFar);
        continue;
      }
      const lacking = rightLacking(error, connection.session.database);
      if (lacking !== null) return failed(intent, explainFailure(lacking), false);
      if (!mayStartOver(error)) throw error;
      const lost = 'the connection was lost, starting over from history';
      ports.log.warn(`${lost}: ${error.message}`, { error: error.message, connections });
      losses.push(error instanceof ConnectionLost ? error.where : null);
      if (losses.length === MAX_CONNECTIONS || culpritOf(losses) !== null) return connectionLost(intent, error, losses);
      await ports.clock.sleep(PAUSES_MS[losses.length - 1] ?? 0);
    } finally {
      connection.session.close();
    }
  }
}

/** @param ports `snapshot`: the one that was waited for */
async function underLock(
  intent: Intent,
  database: Database,
  ports: RequestPorts & { readonly snapshot: string | null } & Pick<ExecutePorts, 'isNewAttempt' | 'soFar'>,
): Promise<Answer | SnapshotFirst> {
  const { request } = intent;
  const { clock, log } = ports;
  const journals = journalsOf(database);
  let atWork: History | null = null;
  const lock = await takeLock(database, clock, clock.remaining() * (1 - REVERT_SHARE), async (waitedMs) => {
    const reading = await readHistory(database, request.resource);
    if (reading.journal === 'unusable') return null;
    atWork = reading.history;
    if (isOvertaken(intent, reading.history)) return OVERTAKEN;
    if (reading.journal === 'complete') await interruptOlder(database, journals.deployments, request, waitedMs, log);
    return null;
  });
  if (lock.kind === 'silent') return lock;
  if (lock.kind === 'busy') {
    const busy = lockNotFree(lock.holder, atWork, lock.waitedMs);
    const { isFirst, isLastThoughLong } = ports.attempt;
    const reason = ports.isNewAttempt && isFirst ? explainFailure(busy) : explainRest(busy, ports.soFar);
    const mayBeDead = lock.waitedMs < DEAD_HOLDER && !isLastThoughLong;
    return mayBeDead ? { kind: 'go-on', reason } : failed(intent, reason, false);
  }

  const decision = await decide(intent, database, ports);
  if (decision.journal === 'unusable') return answerUnusable(intent, decision, ports);
  const { decided, history, journal } = decision;
  const { message, fields } = describePlan(decided);
  log.info(`planned: ${message}`, { plan: decided.kind, ...fields });
  // Under another host name it may be the same one: then there is more to do.
  if (decided.kind === 'nothing' && intent.kind === 'update' && intent.old.database !== intent.release.database)
    log.warn(`the database is another one: what was applied to ${intent.old.database} stays there`);
  if (decided.kind === 'forward' && ports.snapshots !== undefined) {
    const { resource, requestId, issuedAt } = request;
    const identity = [resource.stackId, resource.logicalId, requestId, issuedAt].join('\n');
    const first = snapshotFirst(ports.snapshots, decided, intent.release.version, identity, ports.snapshot);
    if (first !== null) return first;
  }
  // Older code made it. What was overtaken writes nothing.
  if (journal === 'outdated' && decided.kind !== 'stale') await createJournal(database);
  return executePlan(decided, intent, history, {
    ...ports,
    ...journals,
    database,
    session: lock.session,
    hasJournal: journal !== 'absent',
  });
}

/**
 * How long a session whose function has vanished may hold the lock: its `wait_timeout`, and what the server takes to end it.
 * A function with a short time-out leaves the rest of the wait to its next attempt. Milliseconds.
 */
const DEAD_HOLDER = 75_000;

/** How long a Delete waits for the event that tells whether it belongs to a rollback. Milliseconds. */
const AWAIT_STATUS = 30_000;

interface Decision {
  readonly decided: Exclude<Plan, AwaitStatusPlan>;
  readonly history: History;
  readonly journal: UsableReading['journal'];
}

/** Reads history under the lock and decides; looks again as long as a status of the stack is awaited. */
async function decide(
  intent: Intent,
  database: Database,
  { code, clock, log }: RequestPorts,
): Promise<Decision | UnusableReading> {
  const limit = Math.min(AWAIT_STATUS, clock.remaining() / 2);
  const until = clock.now() + limit;
  let isWaiting = false;
  const isForward = intent.kind === 'create' || intent.kind === 'update';
  const { resource } = intent.request;
  let release = isForward && intent.release.digest === code.digest ? code : undefined;
  for (;;) {
    const reading = await readHistory(database, resource, release);
    if (reading.journal === 'unusable') return reading;
    const { history, journal, otherHistories = [] } = reading;
    const decided =
      journal === 'at-release'
        ? planAtRelease(intent, code, history)
        : plan(intent, code, history, clock.now() < until);
    // What there is to do can be told only from all rows.
    release = undefined;
    if (decided === null) continue;
    const elsewhere = decided.kind === 'forward' ? ranElsewhere(otherHistories, decided.apply) : null;
    if (decided.kind !== 'await-status') return { decided: elsewhere ?? decided, history, journal };
    if (!isWaiting) sayWaiting(intent, limit, log);
    isWaiting = true;
    await clock.sleep(1_000);
  }
}

/** Says for what a request waits: nobody else tells why a Delete right after a Create takes so long. */
function sayWaiting(intent: Intent, limitMs: number, log: Log): void {
  const atMostSeconds = Math.round(limitMs / 1000);
  const why =
    'it tells whether this Delete belongs to a rollback: the Create before it was answered SUCCESS, ' +
    'and nothing has told since that it is there to stay';
  const otherwise = `onDelete ${intent.release.onDelete} decides`;
  const message = `waiting for a status of the stack, ${atMostSeconds} s at most: ${why}. Without it, ${otherwise}`;
  log.info(message, { atMostSeconds, why, otherwise });
}

/** A Delete must not hold up the stack's end for a schema that stays as it is. */
function cannotConnect(intent: Intent, problem: Failure, ports: RequestPorts, connections: number): Answer {
  const reason = explainFailure(problem);
  if (intent.kind === 'release-ends') {
    ports.log.error(`${LOG.releaseNotEnded}: ${reason}`, { digest: intent.release.digest, error: reason });
    const answer = success(intent, `it could not be written down that this release has ended: ${reason}`);
    return { ...answer, tally: { ...answer.tally, hasFailed: true } };
  }
  if (intent.kind === 'delete' && intent.release.onDelete === 'RETAIN') {
    const message = 'the database could not be reached, the schema stays as it is (onDelete RETAIN)';
    ports.log.error(`${message}: ${reason}`, { reason });
    return success(intent, reason);
  }
  return failed(intent, reason, ports.attempt.isFirst && connections === 1);
}

/** The step that was running at each of the last losses of the connection; null where it was not one and the same. */
function culpritOf(losses: readonly (string | null)[]): string | null {
  const [first = null, ...others] = losses.slice(-SAME_STEP);
  return others.length === SAME_STEP - 1 && others.every((where) => where === first) ? first : null;
}

function connectionLost(intent: Intent, error: Error, losses: readonly (string | null)[]): Answer {
  const culprit = culpritOf(losses);
  const times = `${losses.length} times`;
  const { what, advice: usual } = lossOf(error);
  const [lost, advice] =
    culprit === null
      ? [times, `${usual} and deploy again`]
      : [
          `${times}, ${losses.length === SAME_STEP ? 'each time' : `the last ${SAME_STEP} times`} at ${culprit}`,
          `That statement itself ends the connection: a proxy takes no packet that large, or the server crashes on it or has no ` +
            `memory left for it. Look into the error log of the database, split or change the statement, and deploy again`,
        ];
  const message =
    `${what} ${lost} (${error.message}); ` +
    `what was applied is in the table migration and is reverted by the rollback. ${advice}`;
  return failed(intent, explainFailure(failure('connection-lost', message)), false);
}

function lockNotFree(holder: LockHolder, history: History | null, waitedMs: number): Failure {
  const message =
    `the lock of this database was not free for ${Math.round(waitedMs / 1000)} s: ${withRun(holder, history)} holds it; ` +
    `nothing was run. ${holder.isAtCommit ? ADVISE_DISK : 'Wait until it has ended, or end it with KILL,'} and deploy again`;
  return failure('lock-not-free', message);
}

const ADVISE_DISK =
  'Its commit waits for the disk, most times for room for the binary log: make some. A KILL would stop the server. Wait until it is done,';
