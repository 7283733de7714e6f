import { failed, type Facts, OVERTAKEN, physicalIdOf, success, type Answer } from './answer';
import { isLastOf } from '../work/attempt';
import { LOG, PHYSICAL_ID_PREFIX } from '../contract';
import { apply } from '../work/apply';
import type { NewDeployment } from '../journal/deployment-journal';
import { createJournal } from '../journal/journal-tables';
import { noteAllEnded, noteEnded } from '../journal/release-journal';
import { settleBefore } from '../journal/settle';
import { readSchema } from '../look/fingerprint';
import { executeRevert } from '../work/execute-revert';
import { revertAndReapply } from '../work/revert-and-reapply';
import { VouchedScripts } from '../journal/vouched-scripts';
import { explainFailure, explainOutcome, namesOf } from '../words/explain';
import type { Failure } from '../words/failure';
import { isOwed, sameResource, stands, type DeploymentRow, type History } from '../plan/history';
import { isOfRelease, sameRequest, type Intent, type ReleaseIntent } from '../plan/intent';
import type { Outcome } from '../plan/outcome';
import { isEmpty } from '../plan/plan';
import { pendingOf } from '../plan/plan-forward';
import { executeRelease } from './execute-release';
import { sayLeft } from './say-left';
import { startReverting, startRun, type ExecutePorts } from '../work/run';
import type { AwaitStatusPlan, ForwardPlan, Plan, ResumePlan, RevertPlan } from '../plan/plan-types';

/** Does what was decided, and says what was done. */
export async function executePlan(
  decided: Exclude<Plan, AwaitStatusPlan>,
  intent: Intent,
  history: History,
  ports: ExecutePorts,
): Promise<Answer> {
  const { hasJournal } = ports;
  const note = async (reverts: string | null = null): Promise<void> => {
    if (!hasJournal || (intent.kind !== 'update' && intent.kind !== 'delete')) return;
    await ports.deployments.noteRequest(intent.request, intent.kind === 'update' ? 'Update' : 'Delete', reverts);
    const { resource } = intent.request;
    if (intent.kind === 'delete' && resource.contractOf === undefined) await noteAllEnded(ports.database, resource);
  };
  switch (decided.kind) {
    case 'stale':
      return OVERTAKEN;
    case 'wait':
      await note();
      return { kind: 'try-again', reason: explainFailure(decided.failure) };
    case 'nothing':
      if (!hasJournal && mayOvertakeCreate(intent)) {
        await createJournal(ports.database);
        await ports.deployments.noteRequest(intent.request, 'Delete', intent.release.hash);
      }
      await note(revertedHashOf(intent, history));
      if (decided.settles === true && hasJournal) await settleBefore(ports.database, intent.request);
      return success(intent, decided.because);
    case 'begin-release':
    case 'end-release':
    case 'refuse-release':
      return executeRelease(decided, intent as ReleaseIntent, ports);
    case 'resume':
      await note(revertedHashOf(intent, history));
      return resume(decided, intent, ports);
    case 'refused':
      await note();
      if (hasJournal && intent.kind === 'update' && !isJournalled(intent, history)) {
        await ports.deployments.begin({ ...rowOf(intent, 'reverted', history, ports), error: decided.failure.message });
      }
      return failed(intent, explainFailure(decided.failure), leftNothing(intent, history));
    case 'forward':
      if (!hasJournal) await createJournal(ports.database);
      return forward(decided, intent as Intent & { kind: 'create' | 'update' }, history, ports);
    case 'revert':
      await note(revertedHashOf(intent, history));
      return isOfRelease(intent) ? endWithRevert(decided, intent, ports) : revert(decided, intent, ports);
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
  ports: ExecutePorts,
): Promise<Answer> {
  const { deployments, code } = ports;
  const hasNothingToDo = decided.continues === null && isEmpty(decided);
  const id =
    decided.continues?.id ??
    (await deployments.begin(rowOf(intent, hasNothingToDo ? 'applied' : 'running', history, ports)));
  const kept = decided.kept.map((row) => row.name);
  const isAfterUnended = history.deployments.find(stands)?.status !== 'applied';
  // Nobody has noted what a run has left that died before it had ended.
  if (hasNothingToDo && isAfterUnended) await deployments.noteSchemaAfter(id);
  const hasLater = pendingOf(code, history.migrations).length > 0;
  const because = hasLater ? 'what is pending contracts, and waits for the application' : 'no migration is pending';
  if (hasNothingToDo) return success(intent, because, { kept, pending: 0 });
  if (decided.continues !== null) await deployments.continue(id, ports.isNewAttempt);

  const digests = intent.kind === 'update' ? [code.digest, intent.old.digest] : [code.digest];
  const owed = history.deployments.filter(isOwed).map((row) => row.id);
  const scripts = new VouchedScripts(ports, digests, owed);
  const attempt = (decided.continues?.attempts ?? 0) + (ports.isNewAttempt ? 1 : 0);
  const outcome = await apply(
    startRun(ports, isLastOf(attempt)),
    { id, scripts, resource: intent.request.resource, history },
    decided,
  );
  // By an earlier attempt, or in an earlier session.
  const before = namesOf(history.migrations.filter((row) => row.deployment === id && row.state === 'applied'));
  const pending = before.length + decided.apply.length;
  if (outcome.kind !== 'applied') return conclude(outcome, [id], intent, ports, { pending });
  return conclude({ ...outcome, applied: [...before, ...outcome.applied] }, [id], intent, ports, { pending });
}

/** The row of a forward request. */
function rowOf(
  intent: Intent & { kind: 'create' | 'update' },
  status: NewDeployment['status'],
  history: History,
  { code, rootStackId }: ExecutePorts,
): NewDeployment {
  const old = intent.kind === 'update' ? intent.old : null;
  const { digest } = intent.release;
  // Of thousands of migrations it is large, and the same for each deployment of a release.
  const standing = history.deployments.find(stands);
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

async function revert(decided: RevertPlan, intent: Intent, ports: ExecutePorts): Promise<Answer> {
  const { deployments } = ports;
  // First: whatever becomes of what follows, it is known that it is owed.
  await deployments.owe(decided.owes, intent.request, intent.release.onRemoved);
  const scripts = new VouchedScripts(ports, decided.vouchedBy);
  const { soFar } = ports;
  const done = await executeRevert(startReverting(ports), scripts, decided);
  const reversal = { ...done, reverted: [...soFar.reverted, ...done.reverted] };
  const ids = decided.deployments.map(({ id }) => id);
  const isPart = decided.owes.length > 0 || ids.length === 0;
  if (isPart) await deployments.seal();
  else if (done.failure === null) await ports.migrations.forgetRemoved(ids);
  // What is told is why it is reverted, and what came of that.
  const told: Outcome =
    decided.failure === null || done.failure?.code === 'out-of-time'
      ? { kind: 'reverted', reversal }
      : { kind: 'failed', failure: soFar.failure ?? decided.failure, reversal };
  const concluded = await conclude(told, ids, intent, ports);
  // Of other stacks, too, and where what another one needs is all that stays.
  if (intent.kind !== 'update')
    await ports.migrations.forgetRemoved(await deployments.endReverted([...decided.revert, ...decided.keep]));
  if (isPart && done.failure === null && reversal.reverted.length > 0) await deployments.noteStanding();
  if (decided.held !== null && isPart) return sayHeld(concluded, reversal.reverted, decided.held, intent, ports);
  return decided.owes.length === 0 ? concluded : sayOwed(concluded, decided.owes, intent);
}

/**
 * Ends a release of which something is owed. That it has ended is noted first: where reverting fails, nobody comes back, and
 * the next deployment is to know that nobody will.
 */
async function endWithRevert(decided: RevertPlan, intent: ReleaseIntent, ports: ExecutePorts): Promise<Answer> {
  await noteEnded(ports.database, intent);
  const answer = await revert(decided, intent, ports);
  if (answer.kind === 'answer' && answer.status === 'SUCCESS') await settleBefore(ports.database, intent.request);
  return answer;
}

/** What was to be reverted stays. First it is not owed any more: its code is live. */
async function resume(decided: ResumePlan, intent: Intent, ports: ExecutePorts): Promise<Answer> {
  await ports.deployments.oweNoMore(decided.deployments);
  const because = 'what was to be reverted stays';
  if (decided.reapply.length === 0 && decided.revert.length === 0) {
    await ports.deployments.noteStanding();
    return success(intent, because);
  }
  const scripts = new VouchedScripts(ports, decided.vouchedBy);
  const reversal = await revertAndReapply(startReverting(ports), scripts, { ...decided, keep: [] }, null);
  await ports.deployments.seal();
  if (reversal.failure === null) await ports.deployments.noteStanding();
  return conclude({ kind: 'reverted', reversal: { ...reversal, reverted: [] } }, [], intent, ports);
}

/** Neither a rollback nor a Delete must fail for what another stack needs. Of what a rollback leaves, a person has to hear. */
async function sayHeld(
  concluded: Answer,
  reverted: readonly string[],
  held: Failure,
  intent: Intent,
  { database, log }: ExecutePorts,
): Promise<Answer> {
  if (concluded.kind !== 'answer' || concluded.status === 'FAILED') return concluded;
  const before = reverted.length > 0 ? `${concluded.reason}; ` : '';
  if (intent.kind === 'delete') {
    if (intent.request.resource.contractOf === undefined) await settleBefore(database, intent.request);
    return success(intent, before + held.message, { reverted });
  }
  const why = explainFailure(held);
  log.error(`${LOG.drift}: ${why}`, { drift: why });
  return success(intent, before + why, { reverted, drift: held.message });
}

function sayOwed(answer: Answer, owes: readonly DeploymentRow[], intent: Intent): Answer {
  if (answer.kind !== 'answer' || answer.status === 'FAILED') return answer;
  const old = intent.kind === 'update' ? intent.old : intent.release;
  // By the name that people know it by, where the request tells it.
  const nameOf = ({ newDigest }: DeploymentRow): string => (newDigest === old.digest ? old.version : '') || newDigest;
  const releases = [...new Set(owes.map(nameOf))].join(' and ');
  const reason = `what the release ${releases} did is reverted once the application is back, when CloudFormation ends that release`;
  return { ...answer, reason: `${answer.data.Reverted === '' ? '' : `${answer.data.Reverted} reverted; `}${reason}` };
}

/** Writes how a deployment ended, and says it. The journal first: an answer must never be news to it. */
async function conclude(
  outcome: Outcome,
  ids: readonly number[],
  intent: Intent,
  ports: ExecutePorts,
  counted: Pick<Facts, 'pending'> = {},
): Promise<Answer> {
  if (outcome.kind === 'cancelled') {
    return { kind: 'silent', because: 'a newer request of this resource cancelled the run' };
  }
  if (outcome.kind === 'unfinished') return { kind: 'go-on', reason: explainFailure(outcome.failure) };
  if (outcome.kind === 'reverted' && outcome.reversal.failure?.code === 'out-of-time') {
    return { kind: 'go-on', reason: explainFailure(outcome.reversal.failure) };
  }
  const reason = explainOutcome(outcome);
  const reversal = outcome.kind === 'applied' ? null : outcome.reversal;
  const done: Facts = outcome.kind === 'applied' ? outcome : { ...reversal, applied: reversal?.reapplied ?? [] };
  const hasKept = reversal !== null && reversal.kept.length > 0;
  const facts = { ...done, ...counted, hasKept };
  if (reversal !== null) sayLeft(ports.log, reversal);
  const isSuccess = outcome.kind === 'applied' || (outcome.kind === 'reverted' && reversal?.failure === null);
  const status = outcome.kind === 'applied' ? 'applied' : hasReverted(outcome) ? 'reverted' : 'failed';
  const ending = {
    status,
    // A rollback works on the row of the deployment that it reverts, which was answered before.
    answered: outcome.kind === 'reverted' ? null : isSuccess ? 'SUCCESS' : 'FAILED',
    error: isSuccess ? null : reason,
  } as const;
  for (const id of ids) await ports.deployments.end(id, ending);
  const [oldest] = ids.slice(-1);
  // A later look compares with it: nobody else has changed anything since.
  if (oldest !== undefined && reversal !== null && reversal.drift !== null)
    await ports.deployments.setSchemaBefore(oldest, await readSchema(ports.database));
  return isSuccess ? success(intent, reason, facts) : failed(intent, reason, status === 'reverted', facts);
}

/** Whether nothing of the deployment is left but what had to be kept. */
function hasReverted(outcome: Outcome): boolean {
  return (outcome.kind === 'reverted' || outcome.kind === 'failed') && outcome.reversal?.failure === null;
}

/** Hash of the old properties of an Update, or of a Delete's own, where the request has no row. */
function revertedHashOf(intent: Intent, history: History): string | null {
  if (isJournalled(intent, history)) return null;
  return intent.kind === 'update' ? intent.old.hash : intent.release.hash;
}

/** Whether a request has a row. */
function isJournalled({ request }: Intent, history: History): boolean {
  return history.deployments.some((row) => sameResource(row.resource, request.resource) && sameRequest(row, request));
}

/** Whether no deployment of the resource stands in this database. */
export function leftNothing(intent: Intent, history: History): boolean {
  const { resource } = intent.request;
  return history.deployments.every((row) => !sameResource(row.resource, resource) || !stands(row));
}
