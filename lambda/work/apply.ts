import type { Failure } from '../words/failure';
import { progressOf, type History, type HistoryRow } from '../plan/history';
import type { SchemaSnapshot } from '../schema/inventory';
import type { Outcome } from '../plan/outcome';
import { revertOfRun } from '../plan/plan-revert';
import { stepsToRun } from '../sql/segments';
import type { Step } from '../sql/step';
import { lastThatCounts, touchesSession } from '../sql/step-nature';
import type { ManifestEntry } from '../manifest/types';
import { resolveDoubt } from '../look/doubt';
import type { ForwardJournal } from '../journal/forward/forward-journal';
import { readMigrations } from '../journal/history-reader';
import { refusedMigration } from '../steps/journal-guard';
import { storedBytes } from '../journal/large-value';
import { runModule } from '../steps/module';
import { pauseForOthers } from '../steps/run-step';
import type { UpProgress } from './apply-together';
import { readOwn, upOfModule } from './own-script';
import { Packets } from './packets';
import { revertRows } from './revert';
import { reverting, type Run } from './run';
import type { StepJournal } from '../journal/step-journal';
import { runSteps } from '../steps/steps';
import { needCleanSession, SpentSession } from './spent-session';
import { stepRefused, type Applying } from './step-refused';
import { outOfTimeFailure, notRun, stepFailed, tooLargeToStore, type Stop } from './stop';
import { revertAndReapply } from './revert-and-reapply';
import { runWithUmzug } from './umzug';
import { UpcomingScripts, type Upcoming } from './upcoming-scripts';
import { UnchangedSteps } from '../look/unchanged-steps';
import { warnOfDrift } from './warn-of-drift';
import type { VouchedScripts } from '../journal/vouched-scripts';
import type { Resource } from '../plan/intent';
import type { ForwardPlan } from '../plan/plan-types';

/** A forward deployment under way. */
export interface RunningDeployment {
  readonly id: number;
  /** What may be run to revert something. */
  readonly scripts: VouchedScripts;
  /** Null: it is run by hand. */
  readonly resource: Resource | null;
  /** As it was read under the lock; nobody else writes there since. */
  readonly history: History;
}

/**
 * Carries out a forward plan. A run that fails reverts what its deployment applied, so that CloudFormation's rollback
 * finds nothing to do, and a stack that is not rolled back (`--no-rollback`) is in a defined state too.
 */
export async function apply(run: Run, deployment: RunningDeployment, plan: ForwardPlan): Promise<Outcome> {
  const { scripts } = deployment;
  const half = await resumable(run, deployment, plan.revertFirst[0]);
  const first = half === null ? plan.revertFirst : plan.revertFirst.slice(1);
  // What was applied before it stays, and is no part of what its deployment has found.
  const reverted = await revertRows(run, first, scripts, deployment.history.migrations.toReversed());
  if (reverted.failure !== null)
    return mayGoOn(run, reverted.failure) ?? { kind: 'failed', failure: reverted.failure, reversal: null };
  needCleanSession(run, {});
  await run.deployments.oweNoMore(plan.takesOver);
  for (const row of plan.forget) await run.migrations.remove(row.storedName);
  // Without what others left half-applied: that stood there before, but nobody wants it back.
  const before = await run.deployments.noteSchemaBefore(deployment.id, plan.continues === null);
  if (plan.continues === null) await warnOfDrift(run, deployment.history, before);

  for (const { row, entry } of plan.adopt) await run.migrations.adopt(row.storedName, entry.checksum, deployment.id);

  const applied = new Set<string>();
  const stop = await applyAll(run, deployment, plan.apply, half, applied);
  if (stop !== null) {
    // A newer request that wants the schema kills what runs; it reverts it too.
    if (await run.deployments.isCancelled(deployment.id)) return { kind: 'cancelled' };
    // Nobody else would answer.
    if (stop.kind === 'cancelled') throw new Error('a row of the journal is gone that this deployment was to write');
    const hasProgress = stop.kind === 'out-of-time' && (stop.hasProgress || applied.size > 0);
    const problem = stop.kind === 'failed' ? stop.failure : outOfTimeFailure(stop.when, run.clock);
    return hasProgress && !run.isLastAttempt
      ? { kind: 'unfinished', failure: problem }
      : revertDeployment(run, deployment, problem, before);
  }

  // Also for a look at the schema that it leaves.
  needCleanSession(run, { applied: [...applied] });
  const removes = plan.revert.map((row) => ({ ...row, removedBy: deployment.id }));
  const removed = await revertRows(run, removes, scripts);
  if (removed.failure !== null)
    return mayGoOn(run, removed.failure) ?? revertDeployment(run, deployment, removed.failure, before);
  for (const row of plan.leaving) await run.migrations.leave(row.storedName, deployment.id);
  return {
    kind: 'applied',
    applied: [...applied],
    reverted: removed.reverted,
    leaving: plan.leaving.map((row) => row.name),
    kept: plan.kept.map((row) => row.name),
  };
}

/** What reverting comes to whose time ran out, where another attempt goes on with it; null for any other failure. */
function mayGoOn({ isLastAttempt }: Run, failure: Failure): Outcome | null {
  return failure.code === 'out-of-time' && !isLastAttempt ? { kind: 'unfinished', failure } : null;
}

/** Applies migrations in their order. Those that a deadlock took along with another are applied again, by themselves. */
async function applyAll(
  run: Run,
  deployment: RunningDeployment,
  entries: readonly ManifestEntry[],
  half: HistoryRow | null,
  applied: Set<string>,
): Promise<Exclude<Stop, { kind: 'rolled-back' }> | null> {
  const journal = run.migrations.forward(deployment.id, run.clock, deployment.history.newestMigration);
  const scripts = new UpcomingScripts(run.own, entries);
  const isFirst = deployment.history.migrations.every((row) => row.deployment === deployment.id);
  const applying = { ...run, isFirst };
  const packets = new Packets(run, journal, scripts, half);
  const applyNext = async (entry: ManifestEntry): Promise<Stop | null> => {
    if (run.leftInSession.mayMislead && !applied.has(entry.name)) {
      if (!(await journal.flush())) return { kind: 'cancelled' };
      needCleanSession(run, { applied: [...applied] });
    }
    const upcoming = { entry, own: scripts.take(entry) };
    if (!applied.has(entry.name)) for (const name of await packets.applyFrom(upcoming)) applied.add(name);
    if (applied.has(entry.name)) return null;
    const stop = await applyAlone(applying, journal, upcoming, packets.howFar(entry.name));
    if (stop === null) applied.add(entry.name);
    return stop;
  };
  for (;;) {
    const pending = entries.filter(({ name }) => !applied.has(name));
    const stop = await runWithUmzug('up', pending, applyNext, run.log);
    const isCancelled = !(await journal.flush());
    const rolledBack = journal.takeRolledBack();
    for (const name of rolledBack) applied.delete(name);
    // Those that went with the one that was killed may be done by the next attempt, which has more time for them.
    if (stop?.kind === 'out-of-time' && rolledBack.length > 0) return { ...stop, hasProgress: true };
    if (stop !== null && stop.kind !== 'rolled-back') return stop;
    if (isCancelled) return { kind: 'cancelled' };
    if (stop === null) return null;
  }
}

/**
 * The half-applied migration with which this run goes on, where an earlier attempt at the same deployment left one whose
 * text is proved to be the same and whose progress can be told. Any other is reverted first, and started over.
 */
async function resumable(
  run: Run,
  deployment: RunningDeployment,
  row: HistoryRow | undefined,
): Promise<HistoryRow | null> {
  if (row?.state !== 'applying' || row.deployment !== deployment.id || row.before?.kind === 'blind') return null;
  // Its script may not be stored to its end.
  if (row.stepsDone === 0 && row.before === null) return null;
  const entry = run.code.migrations.find(({ name }) => name === row.name);
  if (entry === undefined || entry.checksum !== row.checksum) return null;
  const { text, script, up } = readOwn(run.own, entry.name);
  if ('module' in script || (await run.migrations.script(row.storedName)) !== text) return null;
  // Of a partition, its id could be read when the step began, and now it may not be. Telling runs what sets the session, which
  // the migrations after this one must not find.
  const done = await run.settings.around(true, () => resolveDoubt(run, up, progressOf(row)));
  if (done === null) return null;
  return carriesSession(up) && done <= lastThatCounts(up) ? null : row;
}

/** What is left of such a migration cannot be done in a new session; it has to start over. */
function carriesSession(steps: readonly Step[]): boolean {
  return steps.some((step) => step.shows('carriesSession'));
}

/** Applies what is left of one migration, step by step. */
async function applyAlone(
  run: Applying,
  journal: ForwardJournal,
  upcoming: Upcoming,
  progress: UpProgress,
): Promise<Stop | null> {
  const { entry, own: { text, script, up } } = upcoming; // prettier-ignore
  const { isBegun, done, tookMs, end } = progress;
  if (run.budget.isSpent()) return { kind: 'out-of-time', when: `before ${entry.file}`, hasProgress: done > 0 };
  if (end?.kind === 'locked') await pauseForOthers(run, 0);
  if (end?.kind === 'failed') return stepRefused(run, entry, up, { error: end.error, step: done + 1 });
  const stored = storedBytes(text, run.database.packets.max);
  if (stored !== null) return tooLargeToStore(entry, stored, run.database.packets.max);
  const unchanged = new UnchangedSteps(run.database, up, end?.kind === 'left' ? end.row.unchanged : 0);
  const startedAt = run.clock.now() - tookMs;
  const elapsedMs = (): number => run.clock.now() - startedAt;
  const migration = { entry, script: text, isBegun, elapsedMs, unchanged };
  if ('module' in script) {
    // A module's statements may take with them what is written in its transaction, when they are rolled back.
    if (!(await journal.flush())) return { kind: 'cancelled' };
    const steps = journal.steps({ ...migration, mayShare: false });
    const result = await run.settings.around(true, () =>
      runModule(run, steps, upOfModule(run.own, entry.name, script), `the up of ${entry.file}`),
    );
    if (result.kind !== 'failed') return result.kind === 'done' ? null : result;
    return stepFailed(entry, 'its up', result.error);
  }
  const refusal = await refusedMigration(run.database, entry, up, script.down);
  if (refusal !== null) return (await journal.commit()) ? notRun(entry, refusal) : { kind: 'cancelled' };
  const mayShare = !isBegun && !carriesSession(up) && (await isDmlAlone(run, up));
  if (!mayShare && !(await journal.commit())) return { kind: 'cancelled' };
  const steps = journal.steps({ ...migration, mayShare });
  return run.settings.around(touchesSession(up), async () => {
    const stop = await applySql(run, steps, upcoming, progress, unchanged);
    // Where the time ran out before its first step, the transaction of those before it is open still.
    return stop === null || (await journal.commit()) ? stop : { kind: 'cancelled' };
  });
}

async function isDmlAlone({ nonTransactionalTables }: Run, steps: readonly Step[]): Promise<boolean> {
  for (const step of steps) if ((await nonTransactionalTables.natureOf(step)) !== 'dml') return false;
  return true;
}

async function applySql(
  run: Applying,
  journal: StepJournal,
  { entry, own: { up } }: Upcoming,
  { done, end }: UpProgress,
  unchanged: UnchangedSteps,
): Promise<Stop | null> {
  const steps = stepsToRun(up, entry, entry.file);
  const doneBefore = end?.kind === 'left' ? await doneOf(run, end.row, up) : done;
  const result = await runSteps(run, journal, steps, doneBefore, unchanged);
  switch (result.kind) {
    case 'done':
      return null;
    case 'cancelled':
    case 'rolled-back':
      return result;
    case 'out-of-time': {
      const where = steps[result.step - 1]?.where() ?? '';
      const when = result.isKilled ? `in ${where}, which was ended` : `before ${where}`;
      return { kind: 'out-of-time', when, hasProgress: result.progress + done > 0 };
    }
    case 'failed':
      return stepRefused(run, entry, up, result, doneBefore);
    default:
      return result satisfies never;
  }
}

/** How many steps an attempt did that died. */
async function doneOf(run: Run, row: HistoryRow, up: readonly Step[]): Promise<number> {
  const done = await resolveDoubt(run, up, progressOf(row));
  if (done === null) throw new Error(`${row.name} was resumed though nothing shows how far it came`);
  await run.migrations.resolveDoubt(row, done);
  return done;
}

/**
 * Reverts what the deployment applied, in this attempt at the request or an earlier one; in another session, where a down could
 * meet a temporary table in this one.
 */
async function revertDeployment(
  run: Run,
  deployment: RunningDeployment,
  problem: Failure,
  before: SchemaSnapshot,
): Promise<Outcome> {
  run.log.warn(`${problem.message}; reverting the deployment`, { code: problem.code });
  await run.deployments.startReverting(deployment.id, problem.message);
  const { leftInSession } = run;
  if (leftInSession.mayMislead || (await leftInSession.routinesMay())) throw new SpentSession({ failure: problem });
  return revertBegun(run, deployment, problem, before);
}

/** The same, once it is journalled that it begins. */
export async function revertBegun(
  run: Run,
  deployment: RunningDeployment,
  problem: Failure,
  before: SchemaSnapshot | null,
): Promise<Outcome> {
  const plan = revertOfRun(deployment, await readMigrations(run.database));
  const far = await revertAndReapply(reverting(run), deployment.scripts, plan, plan.isComparable ? before : null);
  const reversal = { ...far, failure: far.failure ?? plan.held };
  const unfinished = reversal.failure === null ? null : mayGoOn(run, reversal.failure);
  return unfinished ?? { kind: 'failed', failure: problem, reversal };
}
