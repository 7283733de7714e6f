import type { Case } from './judge-case';
import { FUNCTION_CASES } from './function-cases';
import { answered, application, asked, code, ended, migrations, release, scene, second, stack } from './paper-scene';
import {
  back,
  cancelledCreate,
  cancelledUpdate,
  cleanUp,
  continued,
  deletedRelease,
  forward,
  late,
  noRollback,
  other,
  rolling,
  same,
} from './paper-worlds';

/** A case of each assumption, in their order. */
export const CASES: readonly Case[] = [
  {
    id: 'code-goes-back-first',
    held: scene('sibling-fails', [forward, rolling, back()]),
    differs: { 'new code is asked to roll back': scene('sibling-fails', [forward, rolling, back({ code: 'B' })]) },
  },
  {
    id: 'schema-is-reverted-before-application',
    held: scene('sibling-fails', [rolling, migrations('UPDATE_COMPLETE'), application('UPDATE_IN_PROGRESS')]),
    differs: {
      'the application goes back first': scene('sibling-fails', [
        ...[migrations('UPDATE_COMPLETE'), rolling, application('UPDATE_IN_PROGRESS'), migrations('UPDATE_COMPLETE')],
      ]),
      'the application never goes back': scene('sibling-fails', [rolling, migrations('UPDATE_COMPLETE')]),
    },
  },
  {
    id: 'release-begins-before-application',
    held: scene('updated', [release('CREATE_COMPLETE'), application('UPDATE_IN_PROGRESS')]),
    differs: {
      'it is created after': scene('updated', [application('UPDATE_IN_PROGRESS'), release('CREATE_COMPLETE')]),
    },
  },
  {
    id: 'old-release-ends-in-clean-up',
    held: scene('updated', [
      application('UPDATE_COMPLETE'),
      stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      deletedRelease,
    ]),
    differs: {
      'the application is not updated': scene('updated', [
        stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
        deletedRelease,
      ]),
      'it is deleted before the clean-up': scene('updated', [
        ...[application('UPDATE_COMPLETE'), deletedRelease, stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')],
      ]),
      'it is never deleted': scene('updated', [stack('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')]),
    },
  },
  {
    id: 'failed-release-ends-in-clean-up',
    held: scene('sibling-fails', [
      ...[rolling, application('UPDATE_COMPLETE'), stack('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')],
      deletedRelease,
    ]),
    differs: {
      'the application is not seen to go back': scene('sibling-fails', [
        ...[application('UPDATE_COMPLETE'), rolling, stack('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')],
        deletedRelease,
      ]),
      'it is deleted while the application is still new': scene('sibling-fails', [
        ...[rolling, stack('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'), deletedRelease],
        application('UPDATE_COMPLETE'),
      ]),
      'there is no clean-up': scene('sibling-fails', [deletedRelease]),
    },
  },
  {
    id: 'rollback-swaps-properties',
    held: scene('sibling-fails', [forward, rolling, back()]),
    differs: {
      'it is a Delete': scene('sibling-fails', [forward, rolling, asked('Delete', { to: 'B', invocation: 'i2' })]),
      'the old properties are those of the update': scene('sibling-fails', [forward, rolling, back({ from: 'A' })]),
      'the physical id is another': scene('sibling-fails', [forward, rolling, back({ physicalId: 'another' })]),
    },
  },
  {
    id: 'deletion-ends-release-first',
    held: scene('deleted', [
      ...[release('DELETE_COMPLETE'), migrations('DELETE_IN_PROGRESS'), migrations('DELETE_COMPLETE')],
      code('DELETE_IN_PROGRESS'),
    ]),
    differs: {
      'the release goes last': scene('deleted', [
        ...[migrations('DELETE_IN_PROGRESS'), migrations('DELETE_COMPLETE'), release('DELETE_COMPLETE')],
        code('DELETE_IN_PROGRESS'),
      ]),
      'the function goes before': scene('deleted', [
        ...[release('DELETE_COMPLETE'), migrations('DELETE_IN_PROGRESS'), code('DELETE_IN_PROGRESS')],
        migrations('DELETE_COMPLETE'),
      ]),
    },
  },
  {
    id: 'clean-up-tries-three-times',
    held: cleanUp(3, 'UPDATE_ROLLBACK_COMPLETE'),
    differs: {
      'it is tried once': cleanUp(1, 'UPDATE_ROLLBACK_COMPLETE'),
      'the stack fails': cleanUp(3, 'UPDATE_ROLLBACK_FAILED'),
    },
  },
  {
    id: 'cancel-does-not-wait',
    held: scene('cancelled-update', [forward, back(), ended('i1')], { cancelledAt: second(0) }),
    differs: { 'it waits': scene('cancelled-update', [forward, ended('i1'), back()], { cancelledAt: second(0) }) },
  },
  {
    id: 'cancel-reverts-schema',
    held: cancelledUpdate(same, 'UPDATE_ROLLBACK_COMPLETE'),
    differs: {
      'the schema is another': cancelledUpdate(other, 'UPDATE_ROLLBACK_COMPLETE'),
      'the rollback fails': cancelledUpdate(same, 'UPDATE_ROLLBACK_FAILED'),
    },
    unseen: {
      'the update had not begun': cancelledUpdate(same, 'UPDATE_ROLLBACK_COMPLETE', -1),
      'it had ended': cancelledUpdate(same, 'UPDATE_ROLLBACK_COMPLETE', 9),
      'there was no schema': cancelledUpdate({ before: [], after: [] }, 'UPDATE_ROLLBACK_COMPLETE'),
    },
  },
  {
    id: 'late-status-settles-nothing',
    held: late(same),
    differs: { 'it settles what is under way': late(other) },
    unseen: { 'it came before the update': late(same, true) },
  },
  {
    id: 'cancelled-create-has-foreign-id',
    held: cancelledCreate('Certify-Migrations23B444C5-1A2B3C'),
    differs: {
      "it is the function's own": cancelledCreate('aurora-migrations:Certify/Migrations:db'),
      'there is none': cancelledCreate(''),
    },
  },
  {
    id: 'cancelled-create-does-not-wait',
    held: cancelledCreate('made'),
    differs: { 'it waits': cancelledCreate('made', true) },
  },
  {
    id: 'creation-rolls-back-by-deletes',
    held: cancelledCreate('made'),
    differs: {
      'an Update comes': scene('cancelled-create', [stack('ROLLBACK_IN_PROGRESS'), asked('Update'), asked('Delete')]),
      'nothing comes': scene('cancelled-create', [stack('ROLLBACK_IN_PROGRESS')]),
    },
  },
  {
    id: 'own-failure-is-rolled-back',
    held: scene('migration-fails', [forward, answered('FAILED'), back()]),
    differs: {
      'nothing comes': scene('migration-fails', [forward, answered('FAILED')]),
      'a Delete comes': scene('migration-fails', [forward, answered('FAILED'), asked('Delete', { invocation: 'i2' })]),
    },
  },
  {
    id: 'no-rollback-rolls-back-own-failure',
    held: noRollback({}),
    differs: {
      'it waits for cdk rollback': noRollback({ hasOwn: false }),
      'it goes to the stable release': noRollback({ ownTo: 'A' }),
    },
  },
  {
    id: 'no-rollback-keeps-the-rest',
    held: noRollback({}),
    differs: { 'it is asked to roll back': noRollback({ isFirstRolledBack: true }) },
    unseen: { 'its Update did not succeed': noRollback({ firstAnswer: 'FAILED' }) },
  },
  {
    id: 'cdk-rollback-goes-to-last-stable',
    held: noRollback({}),
    differs: { 'it goes to the first try': noRollback({ rollbackTo: 'B' }) },
  },
  {
    id: 'failed-rollback-is-continued',
    held: continued(back({ invocation: 'i3' })),
    differs: {
      'nothing comes': continued(),
      'another Update comes': continued(asked('Update', { from: 'A', to: 'C', invocation: 'i3' })),
    },
  },
  ...FUNCTION_CASES,
];
