import type { Failure } from './failure';
import type { Outcome, Reversal } from '../plan/outcome';

/** At most this many names stand in a list: an answer has room for 4,096 bytes. */
const MAX_NAMES = 20;

/** Names in a row, and how many more there are. */
export function listNames(names: readonly string[], most = MAX_NAMES): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
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
        outcome.reverted.length > 0 ? `${count(outcome.reverted, 'reverted')}, which the release lacks` : '',
        outcome.leaving.length > 0
          ? `${count(outcome.leaving, 'to be reverted')}, which the release lacks, once no code of the release before is live`
          : '',
        outcome.kept.length > 0 ? `${count(outcome.kept, 'kept')} by an earlier rollback, not in the release` : '',
      ]
        .filter((part) => part !== '')
        .join('; ');
    case 'reverted':
      return outcome.reversal.failure === null
        ? explainReversal(outcome.reversal)
        : explainUnfinished(outcome.reversal);
    case 'failed':
      return `${[outcome.failure.message, ...explainState(outcome)].join('. ')} [${outcome.failure.code}]`;
  }
}

function explainState({ failure, reversal }: Outcome & { kind: 'failed' }): readonly string[] {
  if (reversal === null) return [];
  if (reversal.failure !== null) return [`Reverting it failed: ${explainUnfinished(reversal)}`];
  const advice =
    failure.code === 'out-of-time'
      ? 'Give the construct a longer timeout, or deploy fewer migrations at once'
      : 'Correct the migration and deploy again';
  return [explainReversal(reversal), advice];
}

function explainReversal({ reverted, reapplied, kept, drift }: Reversal): string {
  const done = [
    ...(reverted.length > 0 ? [count(reverted, 'reverted')] : []),
    ...(reapplied.length > 0 ? [count(reapplied, 'applied again')] : []),
  ];
  const what = done.length > 0 ? done.join('; ') : 'Nothing had to be reverted';
  if (kept.length > 0) return `${what}; ${count(kept, 'kept')}, since an irreversible migration is among them`;
  if (drift !== null) return `${what}; the schema is not what it was before: ${drift}`;
  return `${what}; the schema is as it was before the deployment`;
}

function explainUnfinished({ reverted, failure }: Reversal): string {
  const done = reverted.length > 0 ? `. Before it, ${count(reverted, 'reverted')}` : '';
  return failure === null ? '' : `${explainFailure(failure)}${done}`;
}

function count(names: readonly string[], done: string): string {
  if (names.length === 0) return `no migration ${done}`;
  return `${names.length} migration${names.length === 1 ? '' : 's'} ${done} (${listNames(names)})`;
}
