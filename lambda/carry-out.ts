import type { Answer } from './answer';
import { failed, type Facts, physicalIdOf, success } from './answer';
import { LOG, PHYSICAL_ID_PREFIX } from './contract';
import { apply } from './engine/apply';
import type { DeploymentJournal, NewDeployment } from './engine/deployment-journal';
import { killQuery } from './engine/interrupt';
import type { MigrationJournal } from './engine/migration-journal';
import { createJournal } from './engine/journal-tables';
import { lockName } from './engine/lock';
import { PlainTables } from './engine/plain-tables';
import type { Database } from './engine/ports';
import { rollBack } from './engine/roll-back';
import type { Run } from './engine/run';
import { readySession } from './engine/session';
import type { Killer } from './engine/time-budget';
import { timeBudget } from './engine/time-budget';
import { VouchedScripts } from './engine/vouched-scripts';
import { explainFailure, explainOutcome } from './plan/explain';
import type { History } from './plan/history';
import { sameResource } from './plan/history';
import type { Intent } from './plan/intent';
import type { Outcome } from './plan/outcome';
import type { AwaitStatusPlan, ForwardPlan, Plan, RevertPlan } from './plan/plan';
import { isEmpty } from './plan/plan';
import type { World } from './world';

/** What carrying out a plan needs: a session that holds the lock. */
export interface CarryOutPorts extends World {
  readonly database: Database;
  readonly deployments: DeploymentJournal;
  readonly migrations: MigrationJournal;
  /** Whether the journal's tables are there. */
  readonly hasJournal: boolean;
  /** False after a reconnection: it is still the same attempt. */
  readonly isNewAttempt: boolean;
}

/** Share of the last attempt's time that is kept for undoing. */
const RESERVE = 0.2;

/** Time for killing a statement, for journalling and for answering. Milliseconds. */
const JOURNAL_MS = 15_000;

/** Lambda's: the first and two more. */
const MAX_ATTEMPTS = 3;

/** Does what was decided, and says what was done. */
export async function carryOut(
  decided: Exclude<Plan, AwaitStatusPlan>,
  intent: Intent,
  history: History,
  ports: CarryOutPorts,
): Promise<Answer> {
  const { hasJournal } = ports;
  const note = async (takesBack: string | null = null): Promise<void> => {
    if (hasJournal && intent.kind === 'update')
      await ports.deployments.noteRequest(intent.request, 'Update', takesBack);
    if (hasJournal && intent.kind === 'delete')
      await ports.deployments.noteRequest(intent.request, 'Delete', takesBack);
  };
  switch (decided.kind) {
    case 'stale':
      return { kind: 'silent', because: 'a newer request of this resource is there' };
    case 'wait':
      await note();
      return { kind: 'try-again', reason: explainFailure(decided.failure) };
    case 'nothing':
      if (!hasJournal && mayOvertakeCreate(intent)) {
        await createJournal(ports.database);
        await ports.deployments.noteRequest(intent.request, 'Delete', intent.release.hash);
      }
      await note(takenBackBy(intent, history));
      return success(intent, decided.because);
    case 'refuse':
      await note();
      if (hasJournal && intent.kind === 'update' && !isJournalled(intent, history)) {
        await ports.deployments.begin({ ...rowOf(intent, 'reverted', history, ports), error: decided.failure.message });
      }
      return failed(intent, explainFailure(decided.failure), leftNothing(intent, history));
    case 'forward':
      if (!hasJournal) await createJournal(ports.database);
      return forward(decided, intent as Intent & { kind: 'create' | 'update' }, history, ports);
    case 'revert':
      await note(takenBackBy(intent, history));
      return revert(decided, intent, ports);
    default:
      return decided satisfies never;
  }
}

/**
 * CloudFormation itself makes the physical id of a Create that it stopped waiting for. That Create may still be connecting,
 * and would migrate for a stack that is gone: so this Delete leaves its mark, though nothing else but a forward request
 * ever makes the journal's tables.
 */
function mayOvertakeCreate(intent: Intent): boolean {
  return intent.kind === 'delete' && !intent.physicalId.startsWith(PHYSICAL_ID_PREFIX);
}

async function forward(
  decided: ForwardPlan,
  intent: Intent & { kind: 'create' | 'update' },
  history: History,
  ports: CarryOutPorts,
): Promise<Answer> {
  const { deployments, code } = ports;
  const hasNothingToDo = decided.continues === null && isEmpty(decided);
  const id =
    decided.continues?.id ??
    (await deployments.begin(rowOf(intent, hasNothingToDo ? 'applied' : 'running', history, ports)));
  const kept = decided.kept.map((row) => row.name);
  if (hasNothingToDo) return success(intent, 'no migration is pending', { kept, pending: 0 });
  if (decided.continues !== null) await deployments.continue(id, ports.isNewAttempt);

  const digests = intent.kind === 'update' ? [code.digest, intent.old.digest] : [code.digest];
  const scripts = new VouchedScripts(ports, digests);
  const attempt = (decided.continues?.attempts ?? 0) + (ports.isNewAttempt ? 1 : 0);
  const isLastAttempt = attempt >= MAX_ATTEMPTS;
  const outcome = await apply(await startRun(ports, isLastAttempt), { id, scripts, isLastAttempt }, decided);
  const earlier = history.migrations.filter((row) => row.deployment === id && row.state === 'applied').length;
  const pending = earlier + decided.apply.length;
  return conclude(outcome, [id], intent, ports, {
    pending,
    ...(outcome.kind === 'applied' && { appliedBefore: earlier }),
  });
}

/** The row of a forward request. */
function rowOf(
  intent: Intent & { kind: 'create' | 'update' },
  status: NewDeployment['status'],
  history: History,
  { code, rootStackId }: CarryOutPorts,
): NewDeployment {
  const old = intent.kind === 'update' ? intent.old : null;
  const { digest } = intent.release;
  // Of thousands of migrations it is large, and the same for each deployment of a release.
  const standing = history.deployments.find((row) => row.status !== 'reverted');
  const isStored = standing?.status === 'applied' && standing.newDigest === digest;
  return {
    request: intent.request,
    type: intent.kind === 'create' ? 'Create' : 'Update',
    rootStackId,
    physicalId: physicalIdOf(intent),
    oldHash: old?.hash ?? null,
    newHash: intent.release.hash,
    oldDigest: old?.digest ?? null,
    newDigest: digest,
    checksum: code.checksum,
    manifest: isStored || code.digest !== digest ? null : code.migrations,
    status,
  };
}

async function revert(decided: RevertPlan, intent: Intent, ports: CarryOutPorts): Promise<Answer> {
  const scripts = new VouchedScripts(ports, decided.vouchedBy);
  const run = await startRun(ports, false);
  const outcome = await rollBack({ ...run, budget: run.undoBudget }, scripts, decided);
  const answer = await conclude(
    outcome,
    decided.deployments.map(({ id }) => id),
    intent,
    ports,
  );
  if (decided.failure === null || answer.kind !== 'answer') return answer;
  return failed(intent, explainFailure(decided.failure), hasReverted(outcome));
}

/** A run that may be tried again needs no time for undoing. */
export async function startRun(ports: CarryOutPorts, isLastAttempt: boolean): Promise<Run> {
  const { database, clock, log } = ports;
  const { id, settings } = await readySession(database, log);
  const connectKiller = async (): Promise<Killer> => {
    const connection = await ports.connect();
    if (connection.kind === 'failed') throw new Error(explainFailure(connection.failure));
    const { session } = connection;
    return { kill: () => killQuery(session.database, lockName(database.name), id), close: () => session.close() };
  };
  const share = clock.remaining() * RESERVE;
  return {
    ...ports,
    settings,
    plainTables: new PlainTables(database),
    budget: timeBudget(clock, isLastAttempt ? share : Math.min(share, JOURNAL_MS), connectKiller, log),
    undoBudget: timeBudget(clock, Math.min(share / 4, JOURNAL_MS), connectKiller, log),
  };
}

/** Writes how a deployment ended, and says it. The journal first: an answer must never be news to it. */
async function conclude(
  outcome: Outcome,
  ids: readonly number[],
  intent: Intent,
  ports: CarryOutPorts,
  counted: Pick<Facts, 'appliedBefore' | 'pending'> = {},
): Promise<Answer> {
  if (outcome.kind === 'cancelled') {
    return { kind: 'silent', because: 'a newer request of this resource cancelled the run' };
  }
  if (outcome.kind === 'unfinished') return { kind: 'go-on', reason: explainFailure(outcome.failure) };
  if (outcome.kind === 'reverted' && outcome.undone.failure?.code === 'out-of-time') {
    return { kind: 'go-on', reason: explainFailure(outcome.undone.failure) };
  }
  const reason = explainOutcome(outcome);
  const undone = outcome.kind === 'applied' ? null : outcome.undone;
  const done: Facts = outcome.kind === 'applied' ? outcome : { ...undone, applied: undone?.reapplied ?? [] };
  const facts = { ...done, ...counted };
  const drift = undone?.drift ?? null;
  if (drift !== null) ports.log.error(`${LOG.drift}: ${drift}`, { drift });
  const isSuccess = outcome.kind === 'applied' || (outcome.kind === 'reverted' && undone?.failure === null);
  const status = outcome.kind === 'applied' ? 'applied' : hasReverted(outcome) ? 'reverted' : 'failed';
  const ending = {
    status,
    // A rollback works on the row of the deployment that it undoes, which was answered before.
    answered: outcome.kind === 'reverted' ? null : isSuccess ? 'SUCCESS' : 'FAILED',
    error: isSuccess ? null : reason,
  } as const;
  for (const id of ids) await ports.deployments.end(id, ending);
  return isSuccess ? success(intent, reason, facts) : failed(intent, reason, status === 'reverted', facts);
}

/** Whether nothing of the deployment is left but what had to be kept. */
function hasReverted(outcome: Outcome): boolean {
  return (outcome.kind === 'reverted' || outcome.kind === 'failed') && outcome.undone?.failure === null;
}

/** Hash of the properties that a request without a deployment of its own leads away from. */
function takenBackBy(intent: Intent, history: History): string | null {
  if (isJournalled(intent, history)) return null;
  return intent.kind === 'update' ? intent.old.hash : intent.release.hash;
}

/** Whether a request has a row. */
function isJournalled({ request }: Intent, history: History): boolean {
  return history.deployments.some(
    (row) =>
      sameResource(row.resource, request.resource) &&
      row.requestId === request.requestId &&
      row.issuedAt === request.issuedAt,
  );
}

/** Whether no deployment of the resource stands in this database. */
export function leftNothing(intent: Intent, history: History): boolean {
  const { resource } = intent.request;
  return history.deployments.every((row) => !sameResource(row.resource, resource) || row.status === 'reverted');
}
