import type { Failure } from './failure';
import { ADVISE_ROOM, saysNoRoom } from './no-room';
import type { Outcome, Reversal } from '../plan/outcome';
import { ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_QUERY_INTERRUPTED } from './server-error-numbers';

/** At most this many names stand in a list: an answer has room for 4,096 bytes. */
const MAX_NAMES = 20;

/** Names in a row, and how many more there are. */
export function listNames(names: readonly string[], most = MAX_NAMES): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** So many stand where what to do, or another list, stands beside them. */
const FEW_NAMES = 10;

/** The names of some migrations. */
export function fewNames(list: readonly { readonly name: string }[]): string {
  return listNames(namesOf(list), FEW_NAMES);
}

/** The ending of a word for some things. */
export function plural(list: readonly unknown[]): string {
  return list.length === 1 ? '' : 's';
}

export function namesOf(list: readonly { readonly name: string }[]): readonly string[] {
  return list.map(({ name }) => name);
}

/** A failure as the answer's Reason says it. */
export function explainFailure({ code, message }: Failure): string {
  return `${message} [${code}]`;
}

/** What was done, in one paragraph: what happened, what was reverted, what the schema is now, what to do. */
export function explainOutcome(outcome: Exclude<Outcome, { kind: 'cancelled' | 'unfinished' }>): string {
  switch (outcome.kind) {
    case 'applied':
      return [
        count(outcome.applied, 'applied'),
        ...counted(outcome.reverted, 'reverted', ', which the release lacks'),
        ...counted(
          outcome.leaving,
          'to be reverted',
          ', which the release lacks, once no code of the release before is live',
        ),
        ...counted(outcome.kept, 'kept', ' by an earlier rollback, not in the release'),
      ].join('; ');
    case 'reverted':
      return explainReversal(outcome.reversal);
    case 'failed':
      // What others have worded may end its sentence by itself.
      return `${[outcome.failure.message.replace(/\.$/, ''), ...explainState(outcome)].join('. ')} [${outcome.failure.code}]`;
  }
}

function explainState({ failure, reversal }: Outcome & { kind: 'failed' }): readonly string[] {
  if (reversal === null) return [];
  if (reversal.failure !== null) return [`Reverting it failed: ${explainReversal(reversal)}`];
  if (failure.code === 'revert-owed') return [];
  if (failure.code === 'stopped') return [explainReversal(reversal)];
  return [explainReversal(reversal), adviceFor(failure)];
}

function adviceFor({ code, message }: Failure): string {
  if (code === 'out-of-time') return 'Give the construct a longer timeout, or deploy fewer migrations at once';
  // By its text: of an attempt that died, the journal has no more.
  if (KILLED.test(message)) return 'Somebody has ended that statement by KILL. Deploy again';
  if (saysNoRoom(message)) return `${ADVISE_ROOM} and deploy again`;
  return OTHERS.test(message)
    ? 'Wait until the others are done, or end their sessions, and deploy again'
    : 'Correct the migration and deploy again';
}

/** What others were at, and not the migration. */
const OTHERS = new RegExp(`\\((?:${ER_LOCK_WAIT_TIMEOUT}|${ER_LOCK_DEADLOCK})\\): `);
const KILLED = new RegExp(`\\(${ER_QUERY_INTERRUPTED}\\): `);

function explainReversal({ reverted, reapplied, kept, failure, isCompared, drift }: Reversal): string {
  if (failure !== null) return [explainFailure(failure), ...counted(reverted, 'reverted')].join('. Before it, ');
  const done = [...counted(reverted, 'reverted'), ...counted(reapplied, 'applied again')];
  const what = done.length > 0 ? done.join('; ') : `Nothing ${kept.length > 0 ? 'was' : 'had to be'} reverted`;
  if (kept.length > 0) return `${what}; ${count(kept, 'kept')}, since an irreversible migration is among them`;
  if (drift !== null) return `${what}; the schema is not what it was before: ${drift}`;
  return isCompared ? `${what}; the schema is as it was before the deployment` : what;
}

/** Why a run does not go on in another session, and what it had done by then, or had failed at. */
export function explainRest(
  { code, message }: Failure,
  { applied, reverted, failure }: Pick<Reversal, 'reverted' | 'failure'> & { readonly applied: readonly string[] },
): string {
  return [
    explainFailure({ code, message: message.replace('nothing was run', 'nothing more was run') }),
    ...(failure === null ? [] : [explainFailure(failure)]),
    ...counted(applied, 'applied'),
    ...counted(reverted, 'reverted'),
  ].join('. Before it, ');
}

/** Where there are any. */
function counted(names: readonly string[], done: string, which = ''): readonly string[] {
  return names.length === 0 ? [] : [`${count(names, done)}${which}`];
}

function count(names: readonly string[], done: string): string {
  if (names.length === 0) return `no migration ${done}`;
  return `${names.length} migration${plural(names)} ${done} (${listNames(names)})`;
}
