import type { MigrationStatus, StatusAnswer } from '../../lambda/commands/status';
import type { DownUntil } from '../../lambda/plan/command';
import { planDown, type DownPlan } from '../../lambda/plan/plan-down';
import { listNames } from '../../lambda/words/explain';
import { refuse, type Refused } from '../../lambda/words/failure';
import { adviseReverted } from '../../lambda/words/repair-advice';

/** Where the texts come from that may be run: a deployed release, or a folder beside the server. */
export interface TextsOf {
  /** Name of the folder; null: those of the function. */
  readonly folder: string | null;
}

/** What going down would revert, newest first, or why it would be refused: the engine's own decision, asked of a status. */
export function foreseenDown(
  { migrations, missing, deployments, release }: StatusAnswer,
  until: DownUntil,
  { folder }: TextsOf,
): DownPlan<MigrationStatus> | Refused | 'ask-plan' {
  const ofStack = deployments.find(({ type }) => type === 'Create' || type === 'Update');
  // Why it may not be changed beside a stack the plan says, in the engine's words.
  if (ofStack !== undefined && (ofStack.isOwed || ofStack.status !== 'applied' || ofStack.digest !== release.digest)) {
    return 'ask-plan';
  }
  const plan = planDown(until, migrations);
  if (plan.kind === 'refused') return plan;
  const gone = plan.revert.filter(({ name }) => missing.includes(name)).map(({ name }) => name);
  return gone.length === 0 ? plan : withoutText(gone, folder);
}

/** Only a text that the release has is run: what the database keeps may have been changed by whoever can write there. */
function withoutText(names: readonly string[], folder: string | null): Refused {
  const [newest = ''] = names;
  const is = names.length === 1 ? 'is' : 'are';
  const [where, mend] =
    folder === null
      ? ['in the deployed release', 'Deploy a release that has it']
      : [`in ${folder}`, 'Put the file back (git checkout, or the branch that has it) and try again'];
  return refuse(
    'not-vouched',
    `${listNames(names)} ${is} not ${where}, and a script that only the database has is never run; nothing was run. ${mend}. ` +
      `Or ${adviseReverted(newest)}`,
  );
}
