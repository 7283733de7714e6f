import { failure, type Failure } from '../words/failure';
import { isLeaving, nameOpenStep, progressOf, type HistoryRow } from '../plan/history';
import type { Reversal } from '../plan/outcome';
import { neverLeft } from '../plan/plan-revert';
import { namesOf } from '../words/explain';
import { adviseApplied, adviseStep } from '../words/repair-advice';
import { stepsToRun } from '../sql/segments';
import { touchesSession } from '../sql/step-nature';
import { nameOwnStep } from '../manifest/step-lines';
import { resolveDoubt } from '../look/doubt';
import { refusedStep } from '../steps/journal-guard';
import { runModule } from '../steps/module';
import { goesOnAt } from '../steps/new-session';
import { upOfModule } from './own-script';
import { NEEDS_SESSION, outOfTime } from './revert';
import type { Run } from './run';
import { needCleanSession } from './spent-session';
import { runSteps } from '../steps/steps';
import { runWithUmzug } from './umzug';
import type { VouchedScripts } from '../journal/vouched-scripts';

/**
 * Applies removed migrations again, from the journal: the release that lacked them is reverted, and the function's code may
 * be that release's.
 */
export async function reapplyRows(
  run: Run,
  rows: readonly HistoryRow[],
  scripts: VouchedScripts,
): Promise<Pick<Reversal, 'reapplied' | 'failure'>> {
  const reapplied: string[] = [];
  const reapplyOne = async (row: HistoryRow): Promise<Failure | null> => {
    needCleanSession(run, {});
    const problem = await reapplyRow(run, row, scripts);
    if (problem === null && !isLeaving(row)) reapplied.push(row.name);
    return problem;
  };
  const untold = new Set<unknown>(namesOf(rows.filter(neverLeft)));
  return { failure: await runWithUmzug('up', rows, reapplyOne, run.log, untold), reapplied };
}

async function reapplyRow(run: Run, row: HistoryRow, scripts: VouchedScripts): Promise<Failure | null> {
  if (neverLeft(row)) {
    await run.migrations.again(row.storedName).note({ kind: 'finished', done: row.stepsDone, isShown: false });
    return null;
  }
  const script = await scripts.load(row);
  if ('kind' in script) return script.failure;
  const refused = 'module' in script ? null : await refusedStep(run.database, script.up);
  if (refused !== null) return reapplyFailed(row, `${nameOwnStep(row, 'up', refused.at)}: ${refused.why}`);
  const journal = run.migrations.again(row.storedName);
  // An earlier attempt may have died in it.
  const isResumed = row.state === 'applying';
  if (!isResumed) await run.migrations.beginAgain(row.storedName);
  const mayChange = isResumed || 'module' in script || touchesSession(script.up);
  return run.settings.around(mayChange, async () => {
    if ('module' in script) {
      if (isResumed && row.before !== null) return reapplyFailed(row, 'an earlier attempt stopped half-way in it');
      const result = await runModule(run, journal, upOfModule(run.own, row.name, script), `the up of ${row.name}`);
      return result.kind === 'failed' ? reapplyFailed(row, result.error) : null;
    }
    if (script.upSha256 !== undefined) return reapplyFailed(row, 'its up is too large to be kept in the journal');
    const steps = stepsToRun(script.up, row, row.name);
    const done = isResumed ? await resolveDoubt(run, script.up, progressOf(row)) : 0;
    if (done === null) {
      const advice = adviseStep(row.name, row.stepsDone + 1);
      return reapplyFailed(row, `nothing shows whether ${nameOpenStep(row)} was done: ${advice}`);
    }
    const first = await goesOnAt(run.database, script.up, done);
    if (first === null) return reapplyFailed(row, `${nameOwnStep(row, 'up', done)} ${NEEDS_SESSION}`);
    const result = await runSteps(run, journal, steps, first);
    if (result.kind === 'out-of-time') return outOfTime(run, steps[result.step - 1]);
    return result.kind === 'failed' ? reapplyFailed(row, result.error.summary) : null;
  });
}

function reapplyFailed(row: HistoryRow, error: string): Failure {
  return failure(
    'revert-failed',
    `applying ${row.name} again, which the failed release had removed, failed: ${error}. ` +
      `Remove what stands in the way and continue the rollback (aws cloudformation continue-update-rollback). ` +
      `Or ${adviseApplied(row.name)}`,
  );
}
