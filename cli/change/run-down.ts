import type { DownResult } from '../../lambda/commands/down';
import type { StatusAnswer } from '../../lambda/commands/status';
import type { DownUntil } from '../../lambda/plan/command';
import { counted } from '../counted';
import { EXIT_CODE } from '../exit-code';
import type { OnTarget } from '../run-on-target';
import { requireRelease } from '../unknown-release';
import { wholeAnswer } from '../whole-answer';
import { wrappedText } from '../wrapped-text';
import { goingDown } from './going-down';
import { permitted } from './permitted';
import { failedCode, resultJson, sayFailed, sayNothingDone, sayRefused } from './say';

/** Reverts what was applied last. */
export async function runDown(
  on: OnTarget,
  { json, yes, until }: { readonly json: boolean; readonly yes: boolean; readonly until: DownUntil },
): Promise<number> {
  const { runner, terminal, signal } = on;
  const status = wholeAnswer<StatusAnswer>(await runner.run({ command: 'status' }, signal), ['migrations']);
  requireRelease(status);
  const names = goingDown(status.migrations, until);
  if (names.length > 0) {
    const what = [
      'This would be reverted, the newest first; what a down drops is gone with its rows:',
      ...names.map((name) => `  ${name}`),
    ];
    if (!(await permitted(on, what, yes))) return sayNothingDone(on);
  }
  // By the name below them: were it sent twice, the second would find nothing to do.
  const event = { command: 'down', ...eventOf(until, names, status) };
  const result = wholeAnswer<DownResult>(await runner.run(event, signal), ['kind']);
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

function eventOf(
  until: DownUntil,
  names: readonly string[],
  { migrations }: StatusAnswer,
): { readonly to: string } | { readonly steps: number } {
  if (until.kind === 'name') return { to: until.name };
  const standing = migrations.filter(({ state }) => state !== 'removed');
  const below = standing.at(-1 - names.length);
  return names.length === until.steps &&
    below !== undefined &&
    below.state !== 'applying' &&
    below.state !== 'reverting'
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
