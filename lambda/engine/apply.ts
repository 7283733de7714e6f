import type { Failure } from '../plan/failure';
import { failure } from '../plan/failure';
import type { SchemaSnapshot } from '../plan/inventory';
import type { Outcome, Undone } from '../plan/outcome';
import type { ForwardPlan } from '../plan/plan';
import { planUndo } from '../plan/plan';
import { classify } from '../plan/statement-kind';
import type { ManifestEntry, Script } from '../plan/types';
import { driftSince, noteSchemaBefore, readSchema, schemaDigest } from './fingerprint';
import { readMigrations } from './history-reader';
import { revertRows } from './revert';
import type { Run } from './run';
import { applySteps, runModule } from './steps';
import { runWithUmzug } from './umzug';
import type { VouchedScripts } from './vouched-scripts';

/** A forward deployment under way. */
export interface RunningDeployment {
  readonly id: number;
  /** What may be run to take something back. */
  readonly scripts: VouchedScripts;
  /** Milliseconds of Lambda's time that are kept for undoing. */
  readonly reserveMs: number;
}

/** Why a run stopped before its end. */
type Stop =
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** The migration that was begun and failed, where it is known that nothing of the failed step stayed. */
      readonly certain: string | null;
    };

/**
 * Carries out a forward plan. A run that fails undoes what its deployment applied, so that CloudFormation's rollback
 * finds nothing to do, and a stack that is not rolled back (`--no-rollback`) is in a defined state too.
 */
export async function apply(run: Run, deployment: RunningDeployment, plan: ForwardPlan): Promise<Outcome> {
  const { scripts } = deployment;
  const before = await noteSchemaBefore(run, deployment.id);

  const undone = await revertRows(run, plan.undo, { scripts, before, certain: null });
  if (undone.failure !== null) return { kind: 'failed', failure: undone.failure, undone: null };

  for (const { row, entry } of plan.adopt)
    await run.journal.adoptMigration(row.storedName, entry.checksum, deployment.id);

  const applied: string[] = [];
  const stop = await applyAll(run, deployment, plan.apply, applied);
  if (stop !== null) return stop.kind === 'cancelled' ? stop : undo(run, deployment, stop, before);

  const removed = await revertRows(run, plan.revert, { scripts, before: null, certain: null });
  if (removed.failure !== null) {
    return undo(run, deployment, { kind: 'failed', failure: removed.failure, certain: null }, before);
  }
  const schemaAfter = schemaDigest(await readSchema(run.database));
  return { kind: 'applied', applied, reverted: removed.reverted, kept: plan.kept.map((row) => row.name), schemaAfter };
}

async function applyAll(
  run: Run,
  deployment: RunningDeployment,
  entries: readonly ManifestEntry[],
  applied: string[],
): Promise<Stop | null> {
  const stops: Stop[] = [];
  const runnables = entries.map((entry) => ({
    name: entry.name,
    run: async () => {
      const stop = await applyOne(run, deployment, entry);
      if (stop !== null) stops.push(stop);
      else applied.push(entry.name);
      return stop === null;
    },
  }));
  await runWithUmzug('up', runnables, run.log);
  return stops[0] ?? null;
}

async function applyOne(run: Run, deployment: RunningDeployment, entry: ManifestEntry): Promise<Stop | null> {
  const { journal, own, clock } = run;
  if (clock.remaining() < deployment.reserveMs) return outOfTime(entry);
  const text = own.text(entry.name);
  if (!(await journal.beginMigration(deployment.id, entry, text))) return { kind: 'cancelled' };
  const script = JSON.parse(text) as Script;
  const stop =
    'module' in script ? await applyModule(run, entry, script.module) : await applySql(run, entry, script.up);
  if (stop !== null || touchesSession(script)) await run.restoreSession();
  return stop;
}

async function applySql(run: Run, entry: ManifestEntry, stored: readonly string[]): Promise<Stop | null> {
  const statements = stored.length === entry.steps ? stored : run.own.largeUp(entry.name);
  const result = await applySteps(run, entry.name, statements);
  if (result.kind === 'done') return null;
  return stepFailed(entry, `step ${result.step} of ${result.total}`, result.error.summary, entry.name);
}

async function applyModule(run: Run, entry: ManifestEntry, source: string): Promise<Stop | null> {
  const { up } = run.own.module(entry.name, source);
  const start = run.clock.now();
  const done = (): Promise<void> => run.journal.stepsDone(entry.name, 1, true, run.clock.now() - start);
  const result = await runModule(run.database, up, done);
  if (result.kind === 'done') return null;
  return stepFailed(entry, 'its up', result.error, result.isPartial ? null : entry.name);
}

/** Takes back what the deployment applied, in this attempt at the request or an earlier one. */
async function undo(
  run: Run,
  deployment: RunningDeployment,
  stop: Stop & { kind: 'failed' },
  before: SchemaSnapshot,
): Promise<Outcome> {
  await run.journal.startReverting(deployment.id);
  const { revert, keep } = planUndo(deployment.id, await readMigrations(run.database));
  const { scripts } = deployment;
  const { reverted, failure: problem } = await revertRows(run, revert, { scripts, before, certain: stop.certain });
  if (problem === null) await run.journal.keepMigrations(keep.map((row) => row.storedName));
  const kept = keep.map((row) => row.name);
  const drift = problem === null && kept.length === 0 ? await driftSince(run, before) : null;
  const undone: Undone = { reverted, kept, failure: problem, drift };
  return { kind: 'failed', failure: stop.failure, undone };
}

/** A migration without SET, USE or anything else that can change the session leaves it as it was. */
function touchesSession(script: Script): boolean {
  if ('module' in script) return true;
  return script.up.some((statement) => !['ddl', 'dml'].includes(classify(statement).kind));
}

function stepFailed(entry: ManifestEntry, where: string, error: string, certain: string | null): Stop {
  return {
    kind: 'failed',
    failure: failure('migration-failed', `${entry.file} failed at ${where}: ${error}`),
    certain,
  };
}

function outOfTime(entry: ManifestEntry): Stop {
  const message = `the time ran out before ${entry.file}`;
  return { kind: 'failed', failure: failure('out-of-time', message), certain: null };
}
