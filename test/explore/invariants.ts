import type { Run } from './delivery';
import { isLeaving, isOwed, sameConstruct } from '../../lambda/plan/history';
import type { HistoryRow } from '../../lambda/plan/history';
import { namesOf } from '../paper/letter';
import type { PaperJournal } from '../paper/paper-journal';
import type { Stack } from '../paper/stack';
import { sidesOf, type World } from './world';

/** What must never be so, whatever is under way; null where all is well. */
export function problemOfSchema(world: World, journal: PaperJournal, run: Run): string | null {
  for (const { stack } of sidesOf(world)) {
    const problem = problemOfOne(stack, journal, run, world.beside.length === 0);
    if (problem !== null) return stack === world.stack ? problem : `elsewhere ${problem}`;
  }
  return null;
}

function problemOfOne(
  stack: Stack,
  journal: PaperJournal,
  { alphabet, isLossless }: Run,
  isAlone: boolean,
): string | null {
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
    // What another stack contracts waits for the code of no other: three releases are to be taken there.
    const isOwn = (each: string): boolean => {
      const owner = rowOf(each, journal)?.owner ?? null;
      return owner !== null && sameConstruct(owner, stack);
    };
    const alien = [...begun].find(
      (each) => alphabet.contracts(each) && !contracts.includes(each) && isOwn(each) && !isFixed(each, journal),
    );
    // What cannot be applied again without losing rows waits until the release has ended, whatever live code needs; and
    // where that end was lost, until the next deployment, which may have it again.
    const mayWait = !isLossless && (hasLostEnd(stack) || isOwedIn(journal, alien ?? ''));
    if (alien !== undefined && !mayWait)
      return `code of ${name} is live, and ${alien} contracts, which it does not know`;
  }
  if (stack.stable === null || stack.mode === 'deleting' || stack.mode === 'gone') return null;
  // What a stack leaves that goes on may be another one's to take away.
  if (!isAlone && stack.mode === 'cleanup') return null;
  const { expands, contracts } = alphabet.of(stack.stable);
  const kept = isLossless || !isAlone ? expands : [...expands, ...contracts];
  const dropped = kept.find((each) => !whole.has(each) && !isDispensable(each));
  return dropped === undefined ? null : `the stack is at ${stack.stable}, and ${dropped} was dropped`;
}

/** What a write must not do: what is below an irreversible migration may be the only place of what that took away. */
export function problemOfWrite(before: PaperJournal, after: PaperJournal): string | null {
  const fixed = before.schema.findLastIndex(
    ({ name, isHalf }) =>
      !isHalf && rowOf(name, before)?.irreversible === true && rowOf(name, before)?.checksum !== null,
  );
  const below = before.schema.slice(0, Math.max(0, fixed)).filter(({ isHalf }) => !isHalf);
  const reverted = below.find(
    ({ name }) =>
      !after.schema.some((made) => made.name === name && !made.isHalf) && rowOf(name, after)?.removedBy === null,
  );
  return reverted === undefined
    ? null
    : `${reverted.name} is reverted below ${before.schema[fixed]?.name}, which is irreversible`;
}

/** What must not be so between two operations. */
export function problemOfRest(world: World, run: Run): string | null {
  const { alphabet } = run;
  const { journal } = world;
  const stacks = sidesOf(world).map(({ stack }) => stack);
  if (!stacks.every(isAtRest) || stacks.every(({ status }) => status === 'REVIEW_IN_PROGRESS')) return null;
  const excuses = new Set(stacks.flatMap((stack) => stack.excuses));
  for (const stack of stacks) {
    const missing = missingAtRest(stack, world, run);
    if (missing !== null) return missing;
  }
  const unknown = journal.schema.find(({ name }) => rowOf(name, journal) === undefined);
  if (unknown !== undefined) return `at rest, and ${unknown.name} is in the schema without a row`;
  // What a stack left that is gone belongs to nobody.
  if (stacks.some((stack) => leavesAll(stack, run))) return null;
  // What a construct leaves that goes, another one of its stack takes over.
  const isTakenOver = ({ stable, stackId }: Stack): boolean =>
    stable === null && stacks.some((twin) => twin.stackId === stackId && twin.stable !== null);
  const wanted = new Set(stacks.filter((stack) => !isTakenOver(stack)).flatMap((stack) => wantedBy(stack, run)));
  const excess = journal.schema.filter(({ name }) => !wanted.has(name) && !isKept(name, journal));
  const where = `at rest at ${stacks.map(({ stable }) => String(stable)).join(' and ')}`;
  if (excess.length > 0 && excuses.size === 0) return `${where}, and ${excess[0]!.name} is left`;
  // Of these nobody is told; `verify` finds them.
  const isSilent = ['skipped', 'a Delete failed', 'a Delete says what stays', 'the Create was given up'].some((why) =>
    excuses.has(why),
  );
  // A later try had again what a lost end had left: now it is only what the release lacks.
  const isLeft = alphabet.hasRemovals && stacks.some(hasLostEnd);
  const hidden = isSilent || isLeft ? undefined : excess.find(({ name }) => !isVisible(name, journal));
  if (hidden !== undefined) return `${where}, and ${hidden.name} is left and forgotten`;
  // Of two stacks, one may be owed what the other still needs, and with it that of which nothing is left.
  const isDue = (id: number): boolean =>
    stacks.length === 1 || excess.some(({ name }) => rowOf(name, journal)?.deployment === id);
  const owed = journal.deployments.find((row) => isOwed(row) && isDue(row.id));
  if (owed !== undefined && excuses.size === 0) return `${where}, and deployment ${owed.id} is still owed`;
  return null;
}

/** Whether nothing is under way in a stack, and nothing is left to be done. */
export function isAtRest({ mode }: Stack): boolean {
  return mode === 'idle' || mode === 'gone';
}

/** What the releases contain that stacks are at. */
export function wantedBy({ mode, stable, retained, isNew }: Stack, { alphabet }: Run): readonly string[] {
  if (mode === 'gone') return [];
  if (stable !== null) return namesOf(alphabet.of(stable));
  return isNew ? [] : retained;
}

function leavesAll({ status, code }: Stack, { alphabet }: Run): boolean {
  return status === 'DELETE_COMPLETE' && code !== null && alphabet.of(code).first.onDelete === 'RETAIN';
}

function missingAtRest(stack: Stack, { journal, beside }: World, run: Run): string | null {
  // What a construct left that is gone may go with another stack.
  if (stack.stable === null && beside.length > 0) return null;
  const missing = wantedBy(stack, run).find(
    (name) => !journal.schema.some((made) => made.name === name && (!made.isHalf || stack.stable === null)),
  );
  const isExcused = (name: string): boolean =>
    stack.excuses.includes('skipped') || (stack.excuses.length > 0 && isToCome(name, journal));
  if (missing === undefined || isExcused(missing)) return null;
  const what = run.alphabet.contracts(missing) ? `${missing}, which contracts, is pending` : `${missing} is not there`;
  return `at rest at ${stack.stable}, and ${what}`;
}

/** Whether a release has ended, and the function may not know. */
function hasLostEnd({ excuses }: Stack): boolean {
  return excuses.some((why) => why.startsWith('the end of'));
}

function rowOf(name: string, { migrations }: PaperJournal): HistoryRow | undefined {
  return migrations.find((row) => row.name === name);
}

/** Whether the journal says that a rollback has kept a migration, and there is a reason for that on top of it. */
function isKept(name: string, journal: PaperJournal): boolean {
  return rowOf(name, journal)?.state === 'kept' && isFixed(name, journal);
}

/** Whether a migration is irreversible, or below one that is. */
function isFixed(name: string, journal: PaperJournal): boolean {
  const at = journal.schema.findIndex((made) => made.name === name);
  return journal.schema.slice(at).some((made) => rowOf(made.name, journal)?.irreversible === true);
}

/** Whether the journal shows that a migration is not where it should be. */
function isVisible(name: string, journal: PaperJournal): boolean {
  const row = rowOf(name, journal);
  const by = journal.deployments.find(({ id }) => id === row?.deployment);
  const isReverted = by !== undefined && (by.status === 'failed' || by.status === 'reverting');
  return row?.state !== 'applied' || isLeaving(row) || isReverted || (by !== undefined && isOwed(by));
}

function isOwedIn(journal: PaperJournal, name: string): boolean {
  return journal.deployments.some((each) => each.id === rowOf(name, journal)?.deployment && isOwed(each));
}

/** Whether the journal knows that a migration is not there: it is to be applied again, or by the next release. */
function isToCome(name: string, journal: PaperJournal): boolean {
  return rowOf(name, journal)?.state !== 'applied';
}
