import { listNames, namesOf } from '../words/explain';
import type { HistoryRow } from '../plan/history';
import { neverLeft } from '../plan/plan-revert';
import type { AwaitStatusPlan, Plan } from '../plan/plan-types';

/** What a plan will do, as the log says it. */
interface Description {
  /** Who sees no more than this of a line has to know which migrations it is about. */
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | boolean | readonly string[]>>;
}

/** Describes a plan. */
export function describePlan(decided: Exclude<Plan, AwaitStatusPlan>): Description {
  switch (decided.kind) {
    case 'forward': {
      const { revertFirst, apply, revert, leaving } = decided;
      const parts = [
        listed('revert first', revertFirst),
        listed('apply', apply),
        listed('revert', revert),
        listed('once the release before has ended, revert', leaving),
      ].flat();
      const fields = { apply: namesOf(apply), revertFirst: namesOf(revertFirst), revert: namesOf(revert) };
      return { message: parts.join('; ') || 'nothing to do', fields };
    }
    case 'revert': {
      const { reapply, keep, owes } = decided;
      const now = [...decided.revert, ...decided.early];
      const waits = owes.length > 0;
      const later = waits ? ['the rest once the application is back'] : [];
      const parts = [listed('revert', now), againOf(reapply), listed('keep', keep), later].flat();
      const fields = { revert: namesOf(now), reapply: namesOf(reapply), keep: namesOf(keep), waits };
      return { message: parts.join('; ') || 'nothing has to be reverted', fields };
    }
    case 'nothing':
      return { message: `nothing to do, ${decided.because}`, fields: { because: decided.because } };
    case 'resume': {
      const parts = ['what was to be reverted stays', ...againOf(decided.reapply)];
      return { message: parts.join('; '), fields: { reapply: namesOf(decided.reapply) } };
    }
    case 'begin-release':
      return { message: 'the application of the release may begin' };
    case 'end-release': {
      const parts = [`the release has ended, ${decided.because}`, ...listed('revert', decided.revert)];
      return { message: parts.join('; '), fields: { because: decided.because } };
    }
    case 'refuse-release':
    case 'refused':
    case 'wait': {
      const { code } = decided.failure;
      return { message: `${decided.kind === 'wait' ? 'not yet' : 'refused'}, ${code}`, fields: { code } };
    }
    case 'stale':
      return { message: 'nothing to do, a newer request of this resource is there' };
  }
}

function againOf(rows: readonly HistoryRow[]): readonly string[] {
  const again = rows.filter((row) => !neverLeft(row));
  return [...listed('leave', rows.filter(neverLeft)), ...listed('apply again', again)];
}

function listed(verb: string, list: readonly { readonly name: string }[]): readonly string[] {
  return list.length === 0 ? [] : [`${verb} ${listNames(namesOf(list))}`];
}
