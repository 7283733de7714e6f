import type { Scene } from '../../certify/evidence/evidence';
import { RELEASE_TYPE } from '../../lambda/contract';
import * as paper from './paper-scene';
import { answered, asked, ended, migrations, scene, second, stack } from './paper-scene';

export const forward = asked('Update', { from: 'A', to: 'B', invocation: 'i1' });
export const back = (more: paper.Asked = {}): paper.Happening =>
  asked('Update', { from: 'B', to: 'A', code: 'A', invocation: 'i2', ...more });
export const deletedRelease = asked('Delete', { to: 'B', invocation: 'i9', type: RELEASE_TYPE });
export const rolling = stack('UPDATE_ROLLBACK_IN_PROGRESS');
export const same = { before: ['item id int'], after: ['item id int'] };
export const other = { before: ['item id int'], after: ['item id int', 'item slow char'] };

export function cleanUp(tries: number, status: string): Scene {
  const once = (index: number): readonly paper.Happening[] => [
    asked('Delete', { type: RELEASE_TYPE, invocation: `i${index}` }),
    answered('FAILED', `i${index}`),
  ];
  return scene('clean-up-fails', [...Array.from({ length: tries }, (_, i) => once(i)).flat(), stack(status)]);
}

/** @param at - the second at which it is cancelled; the function is at work from 0 to 2 */
export function cancelledUpdate(facts: Scene['facts'], status: string, at = 1): Scene {
  const happenings = [forward, paper.said('at work'), ended(), stack(status)];
  return scene('cancelled-update', happenings, { ...facts, cancelledAt: second(at) });
}

export function late(facts: Scene['facts'], isTooEarly = false): Scene {
  const told = paper.told('UPDATE_COMPLETE', 'old', second(-60));
  const happenings = [...(isTooEarly ? [told, forward] : [forward, told]), stack('UPDATE_ROLLBACK_COMPLETE')];
  return scene('cancelled-update', happenings, { ...facts, lateStatus: second(-60), cancelledAt: second(2) });
}

export function cancelledCreate(physicalId: string, waits = false): Scene {
  const deleted = asked('Delete', { physicalId, invocation: 'i2' });
  return scene('cancelled-create', [
    ...[asked('Create'), migrations('CREATE_FAILED', 'Resource creation cancelled'), stack('ROLLBACK_IN_PROGRESS')],
    ...(waits ? [ended('i1'), deleted] : [deleted, ended('i1')]),
  ]);
}

interface NoRollbackWorld {
  readonly hasOwn?: boolean;
  readonly firstAnswer?: string;
  readonly ownTo?: string;
  readonly isFirstRolledBack?: boolean;
  readonly rollbackTo?: string;
}

export function noRollback({
  hasOwn = true,
  firstAnswer = 'SUCCESS',
  ownTo = 'B',
  isFirstRolledBack = false,
  rollbackTo = 'A',
}: NoRollbackWorld): Scene {
  const first = [forward, answered(firstAnswer, 'i1'), ...(isFirstRolledBack ? [back({ invocation: 'i8' })] : [])];
  const again = [
    ...[asked('Update', { from: 'B', to: 'C', invocation: 'i2' }), answered('FAILED', 'i2')],
    ...(hasOwn ? [asked('Update', { from: 'C', to: ownTo, invocation: 'i3' })] : []),
  ];
  const rollback = [rolling, asked('Update', { from: 'B', to: rollbackTo, code: 'A', invocation: 'i4' })];
  return scene('no-rollback', [...first, ...again, ...rollback], { firstTryEnded: second(first.length) });
}

export function continued(...then: readonly paper.Happening[]): Scene {
  return scene('rollback-fails', [forward, answered('SUCCESS', 'i1'), back(), answered('FAILED', 'i2'), ...then], {
    continuedAt: second(4),
  });
}
