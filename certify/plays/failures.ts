import { BLOCKED_BEFORE, BROKEN, slow, table } from './migrations';
import type { Play } from './stage';
import { textOf } from '../../rehearsal/template/json';

/** What the stack has when these begin and when they end. */
const PLAIN = ['0001', '0002'];

/** Updates that do not succeed. */
export const FAILURES: readonly Play[] = [
  {
    id: 'sibling-fails',
    title: 'An update succeeds with its migrations and its application, then another resource fails',
    begins: 'with-stack',
    async run(stage) {
      await stage.noteSchema('before');
      await stage.deploy(
        { name: 'sibling-fails', plain: [...PLAIN, '0003'], gate: 'after' },
        'UPDATE_ROLLBACK_COMPLETE',
      );
      await stage.noteSchema('after');
    },
  },
  {
    id: 'migration-fails',
    title: 'A migration fails at its second statement',
    begins: 'with-stack',
    async run(stage) {
      await stage.noteSchema('before');
      const release = { name: 'migration-fails', plain: PLAIN, more: { '0020_broken.sql': BROKEN } };
      await stage.deploy(release, 'UPDATE_ROLLBACK_COMPLETE');
      await stage.noteSchema('after');
    },
  },
  {
    id: 'cancelled-update',
    title: 'An update is cancelled in the middle of an ALTER, after the status of the update before came once more',
    begins: 'with-stack',
    async run(stage) {
      await stage.noteSchema('before');
      const release = {
        name: 'cancelled-update',
        plain: PLAIN,
        more: { '0030_slow.sql': slow('slow', stage.pace.slowBytes) },
      };
      await stage.deployAndMeet(release, stage.runs('ALTER TABLE item'), 'UPDATE_ROLLBACK_COMPLETE', async () => {
        const old = (await stage.target.seen()).findLast(
          (line) => line.kind === 'event' && JSON.stringify(line.event).includes('"status":"UPDATE_COMPLETE"'),
        );
        if (old?.kind === 'event') {
          await stage.sendStatusesAgain([old]);
          stage.facts['lateStatus'] = textOf(old.event['time']);
        }
        stage.facts['cancelledAt'] = new Date().toISOString();
        await stage.target.cancelUpdate();
      });
      await stage.noteSchema('after');
    },
  },
  {
    id: 'no-rollback',
    title: 'Two tries with --no-rollback: another resource fails, then a migration; then cdk rollback',
    begins: 'with-stack',
    async run(stage) {
      await stage.noteSchema('before');
      const more = { '0040_kept.sql': table('kept') };
      const how = { rollback: false };
      await stage.deploy({ name: 'first-try', plain: PLAIN, more, gate: 'after' }, 'UPDATE_FAILED', how);
      stage.facts['firstTryEnded'] = new Date().toISOString();
      const second = { name: 'second-try', plain: PLAIN, more: { ...more, '0041_broken.sql': BROKEN } };
      await stage.deploy(second, 'UPDATE_FAILED', how);
      stage.facts['secondTryEnded'] = new Date().toISOString();
      await stage.rollBack('UPDATE_ROLLBACK_COMPLETE');
      await stage.noteSchema('after');
    },
  },
  {
    id: 'rollback-fails',
    title: 'The migrations cannot be reverted while the journal is not there; it comes back, and cdk rollback goes on',
    begins: 'with-stack',
    async run(stage) {
      const release = {
        name: 'rollback-fails',
        plain: PLAIN,
        more: { '0045_table.sql': table('later') },
        gate: 'after-pause',
      } as const;
      const aside = { isThere: false };
      try {
        await stage.deployAndMeet(
          release,
          stage.sees('Custom::CertifyGate', 'UPDATE_IN_PROGRESS'),
          'UPDATE_ROLLBACK_FAILED',
          async () => {
            await stage.sql('RENAME TABLE migration_deployment TO put_aside');
            aside.isThere = true;
          },
        );
      } finally {
        // However it ended: the plays after this one need the journal.
        if (aside.isThere) await stage.sql('RENAME TABLE put_aside TO migration_deployment');
      }
      stage.facts['continuedAt'] = new Date().toISOString();
      await stage.rollBack('UPDATE_ROLLBACK_COMPLETE');
    },
  },
  {
    id: 'clean-up-fails',
    title:
      'A down fails in the clean-up of a rollback; what was in its way is removed, and the release is deployed again',
    begins: 'with-stack',
    async run(stage) {
      await stage.sql('CREATE TABLE obstacle (id INT NOT NULL PRIMARY KEY)');
      const release = { name: 'clean-up-fails', plain: PLAIN, more: BLOCKED_BEFORE };
      try {
        await stage.deploy({ ...release, gate: 'after' }, 'UPDATE_ROLLBACK_COMPLETE');
      } finally {
        await stage.sql('DROP TABLE obstacle');
      }
      stage.facts['deployedAgainAt'] = new Date().toISOString();
      await stage.deploy({ ...release, name: 'clean-up-fails-again' }, 'UPDATE_COMPLETE');
    },
  },
];
