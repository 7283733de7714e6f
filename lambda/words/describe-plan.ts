import { listNames } from './explain';
import type { AwaitStatusPlan, Plan } from '../plan/plan-types';

/** What a plan will do, in words: who sees the message of a line of the log only has to know which migrations it is about. */
export function describePlan(decided: Exclude<Plan, AwaitStatusPlan>): string {
  switch (decided.kind) {
    case 'forward': {
      const { revertFirst, apply, revert, leaving } = decided;
      const later = listed('once the release before has ended, revert', leaving);
      const parts = [
        listed('revert first', revertFirst),
        listed('apply', apply),
        listed('revert', revert),
        later,
      ].flat();
      return parts.length > 0 ? parts.join('; ') : 'nothing is pending';
    }
    case 'revert': {
      const { revert, early, reapply, keep, owes } = decided;
      const later = owes.length > 0 ? ['the rest once the application is back'] : [];
      const now = [...revert, ...early];
      const parts = [listed('revert', now), listed('apply again', reapply), listed('keep', keep), later].flat();
      return parts.length > 0 ? parts.join('; ') : 'nothing has to be reverted';
    }
    case 'nothing':
      return `nothing to do, ${decided.because}`;
    case 'resume':
      return ['what was to be taken back stays', ...listed('apply again', decided.reapply)].join('; ');
    case 'begin-release':
      return 'the application of the release may begin';
    case 'end-release':
      return [`the release has ended, ${decided.because}`, ...listed('revert', decided.removes)].join('; ');
    case 'refuse-release':
    case 'refuse':
      return `refused, ${decided.failure.code}`;
    case 'wait':
      return `not yet, ${decided.failure.code}`;
    case 'stale':
      return 'nothing to do, a newer request of this resource is there';
    default:
      return decided satisfies never;
  }
}

function listed(verb: string, list: readonly { readonly name: string }[]): readonly string[] {
  return list.length === 0 ? [] : [`${verb} ${listNames(list.map(({ name }) => name))}`];
}
