import { listNames } from '../words/explain';
import { failure, type Failure } from '../words/failure';
import { pairDowns } from '../schema/half-applied';
import { heldRows } from '../schema/held-rows';
import { isGuarded } from '../schema/inventory-after';
import { nameOpenStep, progressOf, type HistoryRow } from '../plan/history';
import type { Reversal } from '../plan/outcome';
import { adviseHalf, adviseReverted, adviseStep } from '../words/repair-advice';
import type { ReadScript, SqlSteps } from '../sql/script';
import type { StepToRun } from '../sql/segments';
import type { Step } from '../sql/step';
import { touchesSession } from '../sql/step-nature';
import { nameOwnStep, nameStep } from '../manifest/step-lines';
import type { ModuleScript } from '../manifest/types';
import { leadingElsewhere } from '../look/non-transactional-tables';
import { rightLacking } from '../look/definition';
import { resolveDoubt } from '../look/doubt';
import { readSchema } from '../look/fingerprint';
import { takesAnyCase } from '../look/takes-any-case';
import { refusedStep } from '../steps/journal-guard';
import { runModule } from '../steps/module';
import { goesOnAt } from '../steps/new-session';
import { upOf } from './own-script';
import type { Run } from './run';
import { needCleanSession } from './spent-session';
import { outOfTimeFailure, runAgain } from './stop';
import { runSteps } from '../steps/steps';
import { toleratedIn } from '../steps/tolerated';
import { runWithUmzug } from './umzug';
import type { ChosenDowns } from '../journal/migration-journal';
import type { VouchedScripts } from '../journal/vouched-scripts';
import { ER_QUERY_INTERRUPTED } from '../words/server-error-numbers';

/** The names, in the order in which they were reverted. */
export type Reverted = Pick<Reversal, 'reverted' | 'failure'>;

/**
 * Reverts migrations one by one in the given order, and stops at the first that cannot be reverted. The row of one that a
 * deployment removes, since its release lacks it, is kept until that has settled.
 *
 * @param standing - these, and what stays beside them, newest first: what an older one of the same deployment has made was there
 * when the next one began
 */
export async function revertRows(
  run: Run,
  rows: readonly HistoryRow[],
  scripts: VouchedScripts,
  standing = rows,
): Promise<Reverted> {
  const reverted: string[] = [];
  const revertOne = async (row: HistoryRow): Promise<Failure | null> => {
    needCleanSession(run, { reverted });
    const older = standing
      .slice(standing.findIndex(({ name }) => name === row.name) + 1)
      .filter(({ state, deployment }) => state === 'applied' && deployment === row.deployment);
    const result = hasDoneNothing(row)
      ? 'did-nothing'
      : await revertRow(run, row, () => upsOf(run, older, scripts), scripts);
    if (typeof result !== 'string') return result;
    await run.migrations.reverted(row);
    if (result === 'reverted') reverted.push(row.name);
    return null;
  };
  if (rows.some(({ state }) => state === 'applied')) await run.deployments.unseal();
  const failed = await runWithUmzug('down', rows, revertOne, run.log).catch((error: unknown) => {
    // Why it is reverted is to be told, too.
    const lacking = rightLacking(error, run.database);
    if (lacking === null) throw error;
    return lacking;
  });
  return { reverted, failure: failed };
}

/** The ups of migrations that the same deployment had applied before one, the oldest first. Read where they are needed. */
type OlderUps = () => Promise<readonly (readonly Step[])[]>;

/** Whether a migration that failed after so many steps has left schema and rows as they were. */
function hasChangedNothing({ state, unchanged }: HistoryRow, stepsDone: number): boolean {
  return state === 'applying' && stepsDone <= unchanged;
}

/** The same, with no step in doubt. */
function hasDoneNothing(row: HistoryRow): boolean {
  return hasChangedNothing(row, row.stepsDone) && row.before === null;
}

async function revertRow(
  run: Run,
  row: HistoryRow,
  older: OlderUps,
  scripts: VouchedScripts,
): Promise<'reverted' | 'did-nothing' | Failure> {
  const script = await scripts.load(row);
  if ('kind' in script) return script.failure;
  if ('up' in script && (await failedInDoubtOnly(run, row, script))) return 'did-nothing';
  const obstacle = obstacleTo(row, script);
  if (obstacle !== null) return obstacle;
  // What a step in doubt has come to is told with the SET and USE before it.
  const mayChange = row.state !== 'applied' || 'module' in script || touchesSession(script.down);
  const problem = await run.settings.around(mayChange, () =>
    'module' in script ? revertModule(run, row, script) : revertSql(run, row, script, older),
  );
  return problem ?? 'reverted';
}

/** Nothing of a module, or of a script that nobody vouches for. */
async function upsOf(run: Run, rows: readonly HistoryRow[], scripts: VouchedScripts): ReturnType<OlderUps> {
  const ups: (readonly Step[])[] = [];
  for (const row of rows.toReversed()) {
    const script = await scripts.load(row);
    if ('up' in script) ups.push(upOf(run, row, script) ?? []);
  }
  return ups;
}

/** Why only a person can put a migration in order; null where its row and its script do not say so. */
function obstacleTo(row: HistoryRow, script: ReadScript): Failure | null {
  if (script.irreversible === true) return needsRepair(row, 'it is irreversible');
  if ('up' in script) return row.before?.kind === 'blind' ? stepInDoubt(row) : null;
  return row.before !== null && script.idempotentDown !== true
    ? needsRepair(row, 'a JavaScript migration stopped half-way after it had changed the schema')
    : null;
}

/** What reverting a migration will be refused with, as far as that shows before it is tried; null where it does not. */
export async function foreseenRefusal(row: HistoryRow, scripts: VouchedScripts): Promise<Failure | null> {
  if (hasDoneNothing(row)) return null;
  const script = await scripts.load(row);
  if ('kind' in script) return script.failure;
  // The step that is in doubt may turn out not to be done, and then there is nothing to revert.
  const mayStand = hasChangedNothing(row, row.stepsDone) && row.before?.kind === 'fingerprint';
  return mayStand ? null : obstacleTo(row, script);
}

/** Whether the one step of a migration that may have changed anything is in doubt, and turns out not to be done. */
async function failedInDoubtOnly(run: Run, row: HistoryRow, script: SqlSteps): Promise<boolean> {
  if (row.before === null || !hasChangedNothing(row, row.stepsDone)) return false;
  const up = upOf(run, row, script);
  if (up === null || up[row.stepsDone]?.showsWhenDone !== true) return false;
  const stepsDone = await run.settings.around(true, () => resolveDoubt(run, up, progressOf(row)));
  return stepsDone !== null && hasChangedNothing(row, stepsDone);
}

async function revertModule(run: Run, row: HistoryRow, script: ModuleScript): Promise<Failure | null> {
  // An attempt that died between the down and the removal of the row.
  if (row.state === 'reverting' && row.downStepsDone > 0) return null;
  const { down } = run.own.module(row.name, script.module);
  if (down === undefined) return needsRepair(row, 'it has no down');
  if (row.state !== 'reverting') await run.migrations.beginRevert(row, []);
  const result = await runModule(run, run.migrations.down(row.storedName), down, `the down of ${row.name}`);
  return result.kind === 'failed' ? revertFailed(row, 'its down', result.error, 'It may be partly reverted') : null;
}

async function revertSql(run: Run, row: HistoryRow, script: SqlSteps, older: OlderUps): Promise<Failure | null> {
  const refused = await refusedStep(run.database, script.down);
  if (refused !== null) return downRefused(row, refused);
  const isResumed = row.state === 'reverting';
  const downs = await chosenDowns(run, row, script, older);
  if ('code' in downs) return downs;
  if (!isResumed) await run.migrations.beginRevert(row, downs);
  const steps = downSteps(row, script, downs);
  const down = steps.map(({ step }) => step);
  const done = isResumed ? await resolveDoubt(run, down, progressOf(row), true) : 0;
  if (done === null) return stepInDoubt(row);
  const first = await goesOnAt(run.database, down, done);
  if (first === null) return needsRepair(row, `${nameOwnStep(row, 'down', done, downs[done]?.[0])} ${NEEDS_SESSION}`);
  const result = await runSteps(run, run.migrations.down(row.storedName), steps, first);
  if (result.kind === 'out-of-time') return outOfTime(run, steps[result.step - 1]);
  if (result.kind !== 'failed') return null;
  const position = downs[result.step - 1]?.[0] ?? 0;
  const where = nameStep(row, 'down', position, script.down.length) + runAgain(result.step, first);
  const left =
    result.step === 1 && result.error.errno !== ER_QUERY_INTERRUPTED
      ? 'No step of its down is done'
      : 'Some of it may be reverted, and the rest is still in the schema';
  return revertFailed(row, where, result.error.summary, left);
}

/** Why steps of which some are done cannot go on. */
export const NEEDS_SESSION = 'may need variables or temporary tables of a session that is gone';

/** Of an applied migration all of them. */
async function chosenDowns(
  run: Run,
  row: HistoryRow,
  script: SqlSteps,
  older: OlderUps,
): Promise<ChosenDowns | Failure> {
  if (row.state === 'applying') return chooseForHalf(run, row, script, older);
  const chosen = row.state === 'reverting' ? await run.migrations.chosenDowns(row.storedName) : null;
  return chosen ?? script.down.map((_, position) => [position, false]);
}

/**
 * Chooses for a half-applied migration: only those of its down statements that belong to a done step. Running the whole
 * down would drop what the migration never made: a `CREATE TABLE user` that failed because the table is there would cost
 * the application its users.
 */
async function chooseForHalf(
  run: Run,
  row: HistoryRow,
  script: SqlSteps,
  older: OlderUps,
): Promise<ChosenDowns | Failure> {
  const up = upOf(run, row, script);
  if (up === null) return needsRepair(row, 'its up is too large to be stored, and this function has another');
  const stepsDone = await resolveDoubt(run, up, progressOf(row));
  if (stepsDone === null) return stepInDoubt(row);
  await run.settings.restore();
  await run.migrations.resolveDoubt(row, stepsDone);
  const anyCase = await takesAnyCase(run.database);
  const held = heldRows(up, script.down, stepsDone, run.database.name, anyCase);
  if (held !== null) return needsRepair({ ...row, stepsDone }, held);
  const mayLeadOn = [...up.slice(0, stepsDone), ...script.down].some(
    ({ nature }) => nature === 'dml' || nature === 'session',
  );
  const decisions = pairDowns({
    up,
    down: script.down,
    stepsDone,
    before: row.deployment === null ? null : await run.deployments.schemaBefore(row.deployment),
    applied: isGuarded(up) ? await older() : [],
    now: await readSchema(run.database),
    defaultSchema: run.database.name,
    takesAnyCase: anyCase,
    elsewhere: mayLeadOn ? await leadingElsewhere(run.database) : [],
  });
  const unpaired = decisions.flatMap((decision, position) =>
    decision.kind === 'leave' && decision.reason !== 'not-done' ? [nameOwnStep(row, 'down', position)] : [],
  );
  if (unpaired.length > 0) {
    const which = listNames(unpaired, MOST_DOWNS);
    return needsRepair(
      { ...row, stepsDone },
      `${unpaired.length} of its down statements cannot be told to belong to the steps that were done: ${which}`,
    );
  }
  return decisions.flatMap((decision, position) =>
    decision.kind === 'run' ? [[position, decision.tolerateUnknown] as const] : [],
  );
}

/** The reason has room for so many. */
const MOST_DOWNS = 5;

function downSteps(row: HistoryRow, script: SqlSteps, downs: ChosenDowns): readonly StepToRun[] {
  return downs.flatMap(([position, mayBeMissing], at) => {
    const step = script.down[position];
    if (step === undefined) return [];
    const where = (): string => nameStep(row, 'down', position, script.down.length, ` of ${row.name}`);
    return [{ step, at, where, tolerates: toleratedIn(step, mayBeMissing) }];
  });
}

function revertFailed(row: HistoryRow, where: string, error: string, left: string): Failure {
  return failure(
    'revert-failed',
    `reverting ${row.name} failed at ${where}: ${error}. ${left}. ` +
      `Put right what the server refuses, and try again (a rollback: aws cloudformation continue-update-rollback; where it is over, ` +
      `deploy the same release): it goes on at this step. ` +
      `Or ${adviseReverted(row.name)}`,
  );
}

function downRefused(row: HistoryRow, { at, why }: { readonly at: number; readonly why: string }): Failure {
  return failure(
    'journal-touched',
    `${row.name} was not reverted, because of ${nameOwnStep(row, 'down', at)}: ${why}. It is still applied: ${adviseReverted(row.name)}`,
  );
}

/** The time ran out in something that a rollback does; another attempt goes on with it. */
export function outOfTime({ clock }: Run, step: StepToRun | undefined): Failure {
  return outOfTimeFailure(
    `before ${step?.where() ?? ''}; what was done is journalled, and the next attempt goes on from there`,
    clock,
  );
}

function stepInDoubt(row: HistoryRow): Failure {
  const why = `nothing shows whether ${nameOpenStep(row)} was done`;
  return needsRepair(row, why, adviseStep(row.name, progressOf(row).done + 1));
}

function needsRepair(row: HistoryRow, why: string, advice = adviseHalf(row.name)): Failure {
  return failure(
    'needs-repair',
    `${row.name} was applied up to ${nameStep(row, 'up', row.stepsDone - 1, row.stepsTotal)} and cannot be reverted by itself: ${why}; nothing more of it was reverted. What to do: ${advice}`,
  );
}
