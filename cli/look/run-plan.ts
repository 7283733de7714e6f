import type { PlanAnswer } from '../../lambda/commands/show-plan';
import { ExpectedFailure } from '../expected-failure';
import { migrationsFolder, type MigrationsFolder } from '../migrations-folder';
import type { OnTarget } from '../run-on-target';
import { readSettings } from '../settings';
import { lookedCode, type Told } from '../unknown-release';
import { wholeAnswer } from '../whole-answer';
import { reviewPlan } from './plan-review';
import { planText } from './plan-text';

const KEYS = ['apply', 'contract', 'migrations', 'tables'] as const;

/** Asks what `up` would do. */
export async function askPlan({ runner, signal }: Pick<OnTarget, 'runner' | 'signal'>): Promise<Told<PlanAnswer>> {
  const answer = wholeAnswer<Told<PlanAnswer>>(await runner.run({ command: 'plan' }, signal), KEYS);
  // A function of an older version does not say it.
  const { refused = null, revertFirst = [] } = answer as Partial<PlanAnswer>;
  return { ...answer, refused, revertFirst };
}

/** Prints what `up` would do. */
export async function runPlan(
  on: OnTarget,
  { json, directory }: { readonly json: boolean; readonly directory: string | undefined },
): Promise<number> {
  const { runner, terminal } = on;
  const plan = await askPlan(on);
  const findings = reviewPlan(plan, folderOrNone(directory), runner.database);
  if (json) {
    terminal.print(JSON.stringify({ ...plan, findings: Object.fromEntries(findings) }));
  } else {
    terminal.print(`${runner.where}:`);
    for (const line of planText(plan, findings, terminal)) terminal.print(line);
  }
  return lookedCode(plan, plan.migrations.length + plan.revertFirst.length > 0 || plan.refused !== null);
}

/** Through the function the plan needs no folder; where there is one, it says more of the same texts. */
function folderOrNone(directory: string | undefined): MigrationsFolder | null {
  try {
    return migrationsFolder(process.cwd(), directory, readSettings(process.cwd()));
  } catch (error) {
    if (error instanceof ExpectedFailure && directory === undefined) return null;
    throw error;
  }
}
