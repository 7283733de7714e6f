import type { GivenMigration } from '../../lambda/plan/command';
import type { PlanAnswer } from '../../lambda/commands/show-plan';
import { ExpectedFailure } from '../expected-failure';
import { migrationsFolder, type MigrationsFolder } from '../migrations-folder';
import type { OnTarget } from '../run-on-target';
import { readSettings } from '../settings';
import { lookedCode, type Told } from '../unknown-release';
import { wholeAnswer } from '../whole-answer';
import { givenRelease } from './given-release';
import { reviewPlan } from './plan-review';
import { planText } from './plan-text';

const KEYS = ['apply', 'contract', 'migrations', 'tables'] as const;

/** Asks what `up` would do, or the deployment of a release that the function does not have. */
export async function askPlan(
  { runner, signal }: Pick<OnTarget, 'runner' | 'signal'>,
  release?: readonly GivenMigration[],
): Promise<Told<PlanAnswer>> {
  const event = { command: 'plan', ...(release && { release }) };
  const answer = wholeAnswer<Told<PlanAnswer>>(await runner.run(event, signal), KEYS);
  // A function of an older version does not say it.
  const { refused = null, revertFirst = [], lockedBy = null } = answer as Partial<PlanAnswer>;
  return { ...answer, refused, revertFirst, lockedBy };
}

/** Prints what `up` would do, or the deployment of a folder. */
export async function runPlan(
  on: OnTarget,
  { json, directory }: { readonly json: boolean; readonly directory: string | undefined },
): Promise<number> {
  const { runner, terminal, target } = on;
  const folder = folderOrNone(directory);
  const given = target.kind === 'function' && directory !== undefined && folder !== null ? givenRelease(folder) : null;
  const plan = given === null ? await askPlan(on) : given.completed(await askPlan(on, given.migrations));
  const planned = given !== null || target.kind === 'url' ? 'folder' : 'function';
  const findings = reviewPlan(plan, folder, runner.database, planned);
  if (json) {
    terminal.print(JSON.stringify({ ...plan, findings: Object.fromEntries(findings) }));
  } else {
    terminal.print(given === null ? `${runner.where}:` : `${runner.where}, when ${given.folder} is deployed:`);
    const what = given === null ? '"up" would be refused now' : 'The deployment would be refused';
    for (const line of planText(plan, findings, what, terminal)) terminal.print(line);
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
