import { setTimeout as sleep } from 'node:timers/promises';
import type { DownResult } from '../../lambda/commands/down';
import type { MigrationStatus, StatusAnswer } from '../../lambda/commands/status';
import type { DownUntil } from '../../lambda/plan/command';
import { isHalf } from '../../lambda/plan/history';
import { planDown, type DownPlan } from '../../lambda/plan/plan-down';
import { refuse, type Refused } from '../../lambda/words/failure';
import { commandLineOf } from '../advice';
import { counted } from '../counted';
import { nameDoubtfulStep } from '../doubtful-step';
import { EXIT_CODE } from '../exit-code';
import type { OnTarget } from '../run-on-target';
import { requireRelease } from '../unknown-release';
import { answerOfKind, wholeAnswer } from '../whole-answer';
import { wrappedText } from '../terminal/wrapped-text';
import { askPlan } from '../look/run-plan';
import { foreseenDown } from './foreseen-down';
import { type HowFar, untilOf } from './how-far';
import { permitted } from './permitted';
import { failedCode, resultJson, sayFailed, sayNothingDone, sayRefused } from './say';

/** Keys of the answer that are not in those of older functions. */
const KEYS = ['deployments', 'edited', 'inDoubt', 'migrations', 'missing'] as const;

/** Reverts what was applied last. */
export async function runDown(
  on: OnTarget,
  { json, yes, howFar }: { readonly json: boolean; readonly yes: boolean; readonly howFar: HowFar },
): Promise<number> {
  const { runner, signal } = on;
  const status = await statusAtRest(on);
  requireRelease(status);
  if (status.lockedBy !== null) return sayResult(on, isAtWork(status.lockedBy), json);
  const until = untilOf(howFar, status);
  if (until.kind === 'refused') return sayResult(on, until, json);
  const plan = await planOf(on, status, until);
  if (plan.kind === 'refused') return sayResult(on, plan, json);
  // The function knows no "all", and no number that is 0.
  if (howFar.kind === 'all' && plan.revert.length === 0) return sayResult(on, NOTHING_REVERTED, json);
  const names = plan.revert.map(({ name }) => name);
  if (names.length > 0) {
    const what = [
      'This would be reverted, the newest first; what a down drops is gone with its rows:',
      ...names.map((name) => `  ${name}${reservation(name, status)}`),
    ];
    if (!(await permitted(on, 'down', what, yes))) return sayNothingDone(on, json);
  }
  // By the name below them: were it sent twice, the second would find nothing to do.
  const event = { command: 'down', ...eventOf(until, names, status) };
  const result = await runner.run(event, signal);
  return sayResult(on, answerOfKind<DownResult>(result, ['reverted', 'refused', 'failed']), json);
}

/** The lock of a session that has just ended may be held for a moment. */
async function statusAtRest({ runner, signal }: OnTarget): Promise<StatusAnswer> {
  for (let looks = 1; ; looks += 1) {
    const status = wholeAnswer<StatusAnswer>(await runner.run({ command: 'status' }, signal), KEYS);
    if (status.lockedBy === null || looks === MOST_LOOKS || signal.aborted) return status;
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** How often it looks whether a run has ended. */
const MOST_LOOKS = 5;

/** Between two looks. Milliseconds. */
const PAUSE_MS = 1_000;

/** What is applied last is another migration when the run has ended, and how many there are another number. */
function isAtWork(lockedBy: string): Refused {
  return refuse(
    'lock-not-free',
    `${lockedBy} holds the lock of this database; nothing was run. Try again when it has ended`,
  );
}

const NOTHING_REVERTED: DownResult = { kind: 'reverted', reverted: [], drift: null };

/** Gives the exit code. */
function sayResult(on: OnTarget, result: DownResult, json: boolean): number {
  const { terminal, signal } = on;
  if (json) terminal.print(resultJson(result, signal));
  switch (result.kind) {
    case 'reverted':
      if (!json) sayReverted(on, result);
      return result.drift === null ? EXIT_CODE.fine : EXIT_CODE.found;
    case 'refused':
      return json ? EXIT_CODE.found : sayRefused(on, result.failure);
    case 'failed':
      if (json) return failedCode(signal);
      for (const name of result.reverted) terminal.print(`reverted ${name}`);
      return sayFailed(on, result.reason);
    default:
      return result satisfies never;
  }
}

/** What is refused is said before anybody is asked. */
async function planOf(
  { runner, folder, signal }: OnTarget,
  status: StatusAnswer,
  until: DownUntil,
): Promise<DownPlan<MigrationStatus> | Refused> {
  const foreseen = foreseenDown(status, until, { folder });
  if (foreseen !== 'ask-plan') return foreseen;
  const { refused } = await askPlan({ runner, signal });
  if (refused !== null && (refused.code === 'code-not-updated' || refused.code === 'revert-owed')) {
    return { kind: 'refused', failure: refused };
  }
  return planDown(until, status.migrations);
}

/** What a person must know of one that may be refused: whether it is, shows only where it is tried. */
function reservation(name: string, { edited, inDoubt }: StatusAnswer): string {
  const doubt = inDoubt.find(({ migration }) => migration === name);
  if (doubt !== undefined) {
    return ` (refused where nothing shows whether ${nameDoubtfulStep(doubt)} was done: see "${commandLineOf({ command: 'repair' })}")`;
  }
  return edited.includes(name) ? ' (its file was edited since: refused where more than its comments were)' : '';
}

function eventOf(
  until: DownUntil,
  names: readonly string[],
  { migrations }: StatusAnswer,
): { readonly to: string } | { readonly steps: number } {
  if (until.kind === 'name') return { to: until.name };
  const standing = migrations.filter(({ state }) => state !== 'removed');
  const below = standing.at(-1 - names.length);
  return names.length === until.steps && below !== undefined && !isHalf(below)
    ? { to: below.name }
    : { steps: until.steps };
}

function sayReverted({ terminal }: OnTarget, { reverted, drift }: DownResult & { readonly kind: 'reverted' }): void {
  const names = reverted.map((name) => `\n  ${name}`).join('');
  terminal.print(
    names === '' ? 'Nothing was to be reverted.' : `${counted(reverted.length, 'migration')} reverted:${names}`,
  );
  if (drift !== null) terminal.print(wrappedText(`The schema is not what it was before: ${drift}`, terminal.width));
}
