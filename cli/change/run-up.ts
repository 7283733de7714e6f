import type { UpResult } from '../../lambda/commands/up';
import { commandLineOf } from '../advice';
import { atWorkLines } from '../look/at-work';
import { EXIT_CODE } from '../exit-code';
import { askPlan } from '../look/run-plan';
import type { OnTarget } from '../run-on-target';
import { counted } from '../counted';
import { revertFirstLines } from '../look/plan-text';
import { requireRelease } from '../unknown-release';
import { answerOfKind } from '../whole-answer';
import { otherDatabaseNotes } from './other-database-note';
import { permitted } from './permitted';
import { failedCode, resultJson, sayFailed, sayNothingDone, sayRefused } from './say';

/** Applies what is pending. */
export async function runUp(
  on: OnTarget,
  { json, yes }: { readonly json: boolean; readonly yes: boolean },
): Promise<number> {
  const { runner, terminal, signal } = on;
  const plan = await askPlan(on);
  requireRelease(plan);
  const { revertFirst } = plan;
  for (const note of otherDatabaseNotes(plan.migrations, runner.database)) terminal.note(note);
  if (plan.refused !== null && !yes) {
    if (json) terminal.print(JSON.stringify({ kind: 'refused', failure: plan.refused }));
    return json ? EXIT_CODE.found : sayRefused(on, plan.refused);
  }
  if (plan.migrations.length + revertFirst.length > 0 && plan.refused === null) {
    const what = [
      ...atWorkLines(plan.lockedBy ?? null, terminal.width),
      ...revertFirstLines(revertFirst),
      `This would be applied ("${commandLineOf({ command: 'plan' })}" shows the statements):`,
      ...plan.apply.map((name) => `  ${name}`),
    ];
    if (!(await permitted(on, 'up', what, yes))) return sayNothingDone(on, json);
  }
  const result = answerOfKind<UpResult>(await runner.run({ command: 'up' }, signal), ['applied', 'refused', 'failed']);
  if (json) terminal.print(resultJson(result, signal));
  switch (result.kind) {
    case 'applied':
      if (!json) {
        const names = result.applied.map((name) => `\n  ${name}`).join('');
        terminal.print(
          names === '' ? 'Nothing was pending.' : `${counted(result.applied.length, 'migration')} applied:${names}`,
        );
      }
      return EXIT_CODE.fine;
    case 'refused':
      return json ? EXIT_CODE.found : sayRefused(on, result.failure);
    case 'failed':
      return json ? failedCode(signal) : sayFailed(on, result.reason);
    default:
      return result satisfies never;
  }
}
