import type { Run } from './delivery';
import { isLeaving, isOwed } from '../../lambda/plan/history';
import type { PaperJournal } from '../paper/paper-journal';
import type { Stack } from '../paper/stack';
import type { World } from './world';

/** What must never be so, whatever is under way; null where all is well. */
export function problemOfSchema(stack: Stack, journal: PaperJournal, { alphabet, isLossless }: Run): string | null {
  // Whoever has CloudFormation skip a resource has taken the schema upon himself.
  if (stack.excuses.includes('skipped')) return null;
  const whole = new Set(journal.schema.filter(({ isHalf }) => !isHalf).map(({ name }) => name));
  const begun = new Set(journal.schema.map(({ name }) => name));
  const isDispensable = (name: string): boolean =>
    stack.dispensable.includes(name) || (stack.excuses.length > 0 && isToCome(name, journal));
  for (const name of stack.live) {
    const { expands, contracts } = alphabet.of(name);
    const missing = expands.find((each) => !whole.has(each) && !isDispensable(each));
    if (missing !== undefined)
      return `${stack.isNew ? 'in a stack that was never well, ' : ''}code of ${name} is live, and ${missing} is not in the schema`;
    const alien = [...begun].find((each) => isContracting(each, alphabet) && !contracts.includes(each));
    // What cannot be applied again without losing rows waits until the release has ended, whatever live code needs; and
    // where that end was lost, until the next deployment, which may have it again.
    const mayWait = !isLossless && (hasLostEnd(stack) || isOwedIn(journal, alien ?? ''));
    if (alien !== undefined && !mayWait)
      return `code of ${name} is live, and ${alien} contracts, which it does not know`;
  }
  if (stack.stable === null || stack.mode === 'deleting' || stack.mode === 'gone') return null;
  const { expands, contracts } = alphabet.of(stack.stable);
  const kept = isLossless ? expands : [...expands, ...contracts];
  const dropped = kept.find((each) => !whole.has(each) && !isDispensable(each));
  return dropped === undefined ? null : `the stack is at ${stack.stable}, and ${dropped} was dropped`;
}

function hasLostEnd({ excuses }: Stack): boolean {
  return excuses.some((why) => why.startsWith('the end of'));
}

function isContracting(name: string, alphabet: Run['alphabet']): boolean {
  return [...alphabet.letters.values()].some(({ contracts }) => contracts.includes(name));
}

/** What must not be so between two operations. */
export function problemOfRest(world: World, { alphabet }: Run): string | null {
  const { stack, journal } = world;
  if (stack.status === 'ROLLBACK_COMPLETE' && journal.schema.length > 0 && stack.excuses.length === 0)
    return `the creation was rolled back, and ${journal.schema[0]!.name} is left`;
  if (stack.mode !== 'idle' || stack.status === 'REVIEW_IN_PROGRESS') return null;
  const expected =
    stack.stable === null
      ? stack.retained
      : alphabet.of(stack.stable).manifest.migrations.map(({ name }) => String(name));
  const missing = expected.find(
    (name) => !journal.schema.some((made) => made.name === name && (!made.isHalf || stack.stable === null)),
  );
  const isExcused = (name: string): boolean =>
    stack.excuses.includes('skipped') || (stack.excuses.length > 0 && isToCome(name, journal));
  if (missing !== undefined && !isExcused(missing)) {
    const what = isContracting(missing, alphabet)
      ? `${missing}, which contracts, is pending`
      : `${missing} is not there`;
    return `at rest at ${stack.stable}, and ${what}`;
  }
  const unknown = journal.schema.find(({ name }) => !journal.migrations.some((row) => row.name === name));
  if (unknown !== undefined) return `at rest, and ${unknown.name} is in the schema without a row`;
  const excess = journal.schema.filter(({ name }) => !expected.includes(name));
  if (excess.length > 0 && stack.excuses.length === 0)
    return `at rest at ${stack.stable}, and ${excess[0]!.name} is left`;
  // Of these nobody is told; `verify` finds them.
  const isSilent = ['skipped', 'a Delete failed', 'the Create was given up'].some((why) => stack.excuses.includes(why));
  // A later try had again what a lost end had left: now it is only what the release lacks.
  const mayBeLeft = [...alphabet.letters.values()].some(({ first }) => first.onRemoved === 'REVERT');
  const isLeft = mayBeLeft && hasLostEnd(stack);
  const hidden = isSilent || isLeft ? undefined : excess.find(({ name }) => !isVisible(name, journal));
  if (hidden !== undefined) return `at rest at ${stack.stable}, and ${hidden.name} is left and forgotten`;
  const owed = journal.deployments.find(isOwed);
  if (owed !== undefined && stack.excuses.length === 0) return `at rest, and deployment ${owed.id} is still owed`;
  return null;
}

/** Whether the journal shows that a migration is not where it should be. */
function isVisible(name: string, { migrations, deployments }: PaperJournal): boolean {
  const row = migrations.find((each) => each.name === name);
  const by = deployments.find(({ id }) => id === row?.deployment);
  const isReverted = by !== undefined && (by.status === 'failed' || by.status === 'reverting');
  return row?.state !== 'applied' || isLeaving(row) || isReverted || (by !== undefined && isOwed(by));
}

function isOwedIn({ migrations, deployments }: PaperJournal, name: string): boolean {
  const row = migrations.find((each) => each.name === name);
  return deployments.some((each) => each.id === row?.deployment && isOwed(each));
}

/** Whether the journal knows that a migration is not there: it is to be applied again, or by the next release. */
function isToCome(name: string, { migrations }: PaperJournal): boolean {
  return migrations.find((each) => each.name === name)?.state !== 'applied';
}
