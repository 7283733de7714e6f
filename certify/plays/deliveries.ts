import { BLOCKED_BEFORE, DYING, dyingLater, slow } from './migrations';
import { isStatus, NotPlayed, type Play, type Stage } from './stage';

const PLAIN = ['0001', '0002'];

/** What the releases have from the first of these on. */
export function survived(stage: Stage): Readonly<Record<string, string>> {
  return {
    ...BLOCKED_BEFORE,
    '0060_dying_later.js': dyingLater(stage.pace.deathSeconds),
    '0061_slow.sql': slow('slow', Math.round(stage.pace.slowBytes / 3)),
  };
}

/** Functions that die, and events that come again. */
export const DELIVERIES: readonly Play[] = [
  {
    id: 'died',
    title: 'The function is killed in the middle of an ALTER',
    begins: 'with-stack',
    run: (stage) => stage.deploy({ name: 'died', plain: PLAIN, more: survived(stage) }, 'UPDATE_COMPLETE'),
  },
  {
    id: 'died-thrice',
    title: 'The function is killed at each attempt',
    begins: 'with-stack',
    async run(stage) {
      await stage.noteSchema('before');
      const more = { ...survived(stage), '0070_dying.js': DYING };
      await stage.deploy({ name: 'died-thrice', plain: PLAIN, more }, 'UPDATE_ROLLBACK_COMPLETE');
      await stage.noteSchema('after');
    },
  },
  {
    id: 'status-again',
    title: 'Statuses of the stack that the function has seen come again, twice',
    begins: 'with-stack',
    async run(stage) {
      const statuses = (await stage.target.seen()).filter(isStatus);
      if (statuses.length === 0) throw new NotPlayed('the function has seen no status of its stack');
      await stage.noteJournal('before');
      const again = statuses.slice(-3).flatMap((line) => [line, line]);
      await stage.sendStatusesAgain(again);
      stage.facts['sentAgain'] = again.length;
      await stage.noteJournal('after');
    },
  },
];
