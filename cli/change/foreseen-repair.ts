import type { StatusAnswer } from '../../lambda/commands/status';
import { isHalf } from '../../lambda/plan/history';
import { refuse, type Refused } from '../../lambda/words/failure';
import { distanceOf } from '../../lib/letter-distance';
import type { CommandEvent } from '../command-runner';
import { nameDoubtfulStep } from '../doubtful-step';
import { wholeNameOf } from '../whole-name';

/** The command with the whole name of its migration, or why the engine would refuse it, as far as a status shows that. */
export function foreseenRepair(
  event: CommandEvent,
  status: Pick<StatusAnswer, 'migrations' | 'pending' | 'inDoubt'>,
): { readonly kind: 'event'; readonly event: CommandEvent } | Refused {
  const { migrations, pending } = status;
  // What is half-applied is pending too.
  const names = new Set([...migrations.map(({ name }) => name), ...pending]);
  const found = wholeNameOf(String(event['migration']), [...names]);
  if (found.kind === 'unclear') return refuse('bad-request', `${found.why}; nothing was written`);
  const why = refusalOf({ ...event, migration: found.name }, status);
  return why === null
    ? { kind: 'event', event: { ...event, migration: found.name } }
    : refuse('bad-request', `${why}; nothing was written`);
}

/** In the engine's words: the journal may have changed until it is asked, and it decides. */
function refusalOf(
  { migration, is, step, checksum }: CommandEvent & { readonly migration: string },
  { migrations, pending, inDoubt }: Pick<StatusAnswer, 'migrations' | 'pending' | 'inDoubt'>,
): string | null {
  const row = migrations.find(({ name }) => name === migration);
  const isApplied = is === 'applied';
  if (row === undefined && isApplied) {
    if (!pending.includes(migration)) return unknown('neither the history nor this release has', migration, pending);
    const earlier = pending.find((name) => name < migration);
    return earlier === undefined ? null : `${earlier} is pending and comes before ${migration}`;
  }
  if (row === undefined || (row.state === 'removed' && !isApplied)) {
    const standing = migrations.flatMap(({ name, state }) => (state === 'removed' ? [] : [name]));
    return unknown('the history has no', migration, standing, ' that is applied');
  }
  if (isApplied) return isHalf(row) || row.state === 'removed' ? null : `${migration} is ${row.state} already`;
  if (step === undefined)
    return checksum !== undefined && isHalf(row)
      ? `${migration} is half-applied, and an edited text starts over`
      : null;
  if (!isHalf(row)) return `${migration} is ${row.state}; no step of it is in doubt`;
  const doubt = inDoubt.find((each) => each.migration === migration);
  const isOther = doubt !== undefined && doubt.step !== step;
  return isOther ? `of ${migration}, ${nameDoubtfulStep(doubt)} is in doubt, not step ${Number(step)}` : null;
}

function unknown(what: string, name: string, there: readonly string[], behind = ''): string {
  const near = there.find((other) => distanceOf(other, name) <= 2);
  return `${what} ${name}${behind}${near === undefined ? '' : ` (is ${near} meant?)`}`;
}
