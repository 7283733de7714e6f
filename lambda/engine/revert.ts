import { sha256 } from '../plan/checksum';
import type { Failure } from '../plan/failure';
import { failure } from '../plan/failure';
import type { DownDecision } from '../plan/half-applied';
import { pairDowns } from '../plan/half-applied';
import type { HistoryRow } from '../plan/history';
import type { SchemaSnapshot } from '../plan/inventory';
import type { ModuleScript, SqlScript } from '../plan/types';
import { readSchema } from './fingerprint';
import type { ServerError } from './ports';
import { ConnectionLost } from './ports';
import type { Run } from './run';
import { revertSteps, runModule, runStep } from './steps';
import { runWithUmzug } from './umzug';
import type { VouchedScripts } from './vouched-scripts';

/** What is known of the migrations that are taken back. */
export interface Circumstances {
  readonly scripts: VouchedScripts;
  /** The schema before the deployment that applied them, where it is known. */
  readonly before: SchemaSnapshot | null;
  /** The half-applied migration of which it is known that its first step that is not journalled did nothing. */
  readonly certain: string | null;
}

export interface Reverted {
  /** Names, in the order in which they were reverted. */
  readonly reverted: readonly string[];
  readonly failure: Failure | null;
}

/** Reverts migrations one by one in the given order, and stops at the first that cannot be reverted. */
export async function revertRows(run: Run, rows: readonly HistoryRow[], known: Circumstances): Promise<Reverted> {
  const reverted: string[] = [];
  let problem: Failure | null = null;
  const runnables = rows.map((row) => ({
    name: row.name,
    run: async () => {
      problem = await revertRow(run, row, known);
      if (problem !== null) return false;
      reverted.push(row.name);
      return true;
    },
  }));
  await runWithUmzug('down', runnables, run.log);
  return { reverted, failure: problem };
}

async function revertRow(run: Run, row: HistoryRow, known: Circumstances): Promise<Failure | null> {
  const isHalf = row.state === 'applying' || (row.state === 'reverting' && row.stepsDone < row.stepsTotal);
  const didNothing = isHalf && row.stepsDone === 0 && known.certain === row.name;
  if (!didNothing) {
    const problem = await runDown(run, row, isHalf, known);
    if (problem !== null) return problem;
  }
  await run.journal.removeMigration(row.storedName);
  return null;
}

async function runDown(run: Run, row: HistoryRow, isHalf: boolean, known: Circumstances): Promise<Failure | null> {
  const loaded = await known.scripts.load(row);
  if (loaded.kind === 'refused') return loaded.failure;
  const { script } = loaded;
  if (script.irreversible === true) return irreversible(row);
  if (!(await run.journal.beginRevert(row.storedName))) throw new ConnectionLost('the lock is no longer ours');
  try {
    if ('module' in script) return await revertModule(run, row, script, isHalf);
    return isHalf ? await revertHalf(run, row, script, known) : await revertWhole(run, row, script);
  } finally {
    await run.restoreSession();
  }
}

async function revertWhole(run: Run, row: HistoryRow, script: SqlScript): Promise<Failure | null> {
  const result = await revertSteps(run, row.storedName, script, row.downStepsDone);
  return result.kind === 'done'
    ? null
    : revertFailed(row, `down step ${result.step} of ${result.total}`, result.error.summary);
}

async function revertModule(run: Run, row: HistoryRow, script: ModuleScript, isHalf: boolean): Promise<Failure | null> {
  if (isHalf && script.idempotentDown !== true) {
    return needsRepair(row, 'a JavaScript migration stopped half-way after it had changed the schema');
  }
  const { down } = run.own.module(row.name, script.module);
  if (down === undefined) return irreversible(row);
  const result = await runModule(run.database, down, () => run.journal.downStepsDone(row.storedName, 1));
  return result.kind === 'done' ? null : revertFailed(row, 'its down', result.error);
}

/**
 * Takes back what a half-applied migration had done: only those of its down statements that belong to a done step.
 * Running the whole down would drop what the migration never made: a `CREATE TABLE user` that failed because the table
 * is there would cost the application its users.
 */
async function revertHalf(run: Run, row: HistoryRow, script: SqlScript, known: Circumstances): Promise<Failure | null> {
  const up = upOf(run, row, script);
  if (up === null) return needsRepair(row, 'its up is too large to be stored, and this function has another');
  const decisions = pairDowns({
    up,
    down: script.down,
    stepsDone: row.stepsDone,
    ...(known.certain === row.name ? {} : { inDoubt: row.stepsDone }),
    before: known.before,
    now: await readSchema(run.database),
    defaultSchema: run.database.name,
  });
  const unpaired = decisions.filter((decision) => decision.kind === 'leave' && decision.reason !== 'not-done');
  if (unpaired.length > 0) {
    return needsRepair(
      row,
      `${unpaired.length} of its down statements cannot be told to belong to the steps that were done`,
    );
  }
  for (const [index, decision] of decisions.entries()) {
    const error = await runDecision(run, decision);
    if (error !== null) return revertFailed(row, `down step ${index + 1} of ${decisions.length}`, error.summary);
  }
  return null;
}

/** What a down runs into where the step that would have made its object was never done. */
const UNKNOWN_OBJECT = new Set([1008, 1051, 1054, 1072, 1091, 1146, 1176, 1305, 1360, 1539, 3821, 3940, 4092]);

async function runDecision(run: Run, decision: DownDecision): Promise<ServerError | null> {
  if (decision.kind === 'leave') return null;
  const error = await runStep(run.database, decision.statement, () => Promise.resolve());
  return error !== null && decision.tolerateUnknown && UNKNOWN_OBJECT.has(error.errno) ? null : error;
}

function upOf(run: Run, row: HistoryRow, script: SqlScript): readonly string[] | null {
  if (script.upSha256 === undefined) return script.up;
  if (!run.code.migrations.some((entry) => entry.name === row.name)) return null;
  const up = run.own.largeUp(row.name);
  return sha256(JSON.stringify(up)) === script.upSha256 ? up : null;
}

function revertFailed(row: HistoryRow, where: string, error: string): Failure {
  return failure(
    'revert-failed',
    `reverting ${row.name} failed at ${where}: ${error}. It is still partly in the schema. ` +
      `Remove what stands in the way and continue the rollback (aws cloudformation continue-update-rollback): it goes on at this step`,
  );
}

function needsRepair(row: HistoryRow, why: string): Failure {
  return failure(
    'needs-repair',
    `${row.name} was applied up to step ${row.stepsDone} of ${row.stepsTotal} and cannot be taken back by itself: ${why}; nothing of it was reverted. ` +
      `Undo what it did by hand, delete its row from the table migration, and try again`,
  );
}

function irreversible(row: HistoryRow): Failure {
  return needsRepair(row, 'it is irreversible');
}
