import type { RequestPorts } from '../../../lambda/events/answer-request';
import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene, type Release } from '../scene';

const FIRST = {
  '0001_user': `-- migrate:up
CREATE TABLE user (id INT PRIMARY KEY, team VARCHAR(9));
INSERT INTO user VALUES (1, 'red');
CREATE TABLE old (id INT);
-- migrate:down
DROP TABLE old;
DROP TABLE user;`,
};
/** What the next one takes away is here from then on. */
const SECOND = {
  ...FIRST,
  '0002_team': `-- migrate:up
CREATE TABLE team (user INT, name VARCHAR(9));
INSERT INTO team SELECT id, team FROM user;
-- migrate:down
DROP TABLE team;`,
};
const oneWay = (up: string): string => `-- migrate:up\n${up}\n-- migrate:irreversible`;
const THIRD = { ...SECOND, '0003_drop': oneWay('ALTER TABLE user DROP COLUMN team;') };
const BAD = '-- migrate:up\nCREATE TABLE user (id INT);\n-- migrate:down\nDO 0;';
const A = release(FIRST, { OnDelete: 'REVERT' });
const B = release(SECOND, { OnDelete: 'REVERT' });
const C = release(THIRD, { OnDelete: 'REVERT' });

describe.each(servers())('an irreversible migration on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(A);
    await scene.answer(scene.begins(A), A);
    await scene.settle();
  });

  async function dies(intent: Parameters<Scene['run']>[0], code: Release, ports: Partial<RequestPorts>): Promise<void> {
    await expect(scene.run(intent, code, ports)).rejects.toThrow(ProcessDied);
    await scene.unlocked();
  }
  const teams = (): Promise<unknown> => scene.sql('SELECT * FROM team');
  const KEPT = { status: 'SUCCESS', data: { Kept: '0003_drop, 0002_team', Drift: '' }, tally: { hasMismatch: true } };

  it.each([
    ['between the writes of what stays', /SET state = 'kept'/, 'after'],
    ['once all of it is written', /SET status = IF/, 'before'],
  ] as const)('keeps all below it where its rollback dies %s', async (_where, command, when) => {
    await scene.updated(A, C);
    const back = scene.update(C, A);
    await dies(back, A, dyingAt(scene, command, when));
    expect(await scene.answer(back, A)).toMatchObject(KEPT);
    expect(await teams()).toEqual([{ user: 1, name: 'red' }]);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_team kept', '0003_drop kept']);
  });

  it.each([false, true])(
    'that a failed try has kept keeps what an earlier try applied, as the stack rolls back from both: begun %s',
    async (begins) => {
      const failing = release({ ...THIRD, '0004_bad': BAD }, { OnDelete: 'REVERT' });
      await scene.updated(A, B);
      if (begins) await scene.answer(scene.begins(B), B);
      expect(await scene.updated(B, failing)).toMatchObject({ status: 'FAILED' });
      await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
      const answers = [await scene.updated(failing, A)];
      if (begins) answers.push(await scene.answer(scene.ends(B), A));
      expect(answers.at(-1)).toMatchObject({ status: 'SUCCESS', data: { Reverted: '', Kept: '0002_team' } });
      expect(await teams()).toEqual([{ user: 1, name: 'red' }]);

      // Nor does a Delete take away what is below it.
      await scene.answer(scene.delete(A), A);
      expect(Object.keys(await scene.schema())).toEqual(['table old', 'table team', 'table user']);
    },
  );

  it.each([
    ['SET foreign_key_checks = 0;\nDROP TABLE old;\nSET foreign_key_checks = 1;', 'DROP TABLE old'],
    ['DROP TABLE old;\nSET @done = 1;', 'DROP TABLE old'],
  ])('whose last step that counts was done is kept, though it sets the session after it: %p', async (up, last) => {
    const to = release({ ...FIRST, '0002_drop': oneWay(up) });
    await dies(scene.update(A, to), to, dyingAt(scene, last, 'after'));
    expect(await scene.updated(to, A)).toMatchObject({
      status: 'SUCCESS',
      data: { Kept: '0002_drop' },
    });
  });

  it('that carries its session and is done to its last step is applied, and asks nobody', async () => {
    const up = 'SET @n = 5;\nINSERT INTO user (id) VALUES (@n);\nALTER TABLE old ADD COLUMN q INT;';
    const to = release({ ...FIRST, '0002_q': oneWay(up) });
    const update = scene.update(A, to);
    await dies(update, to, dyingAt(scene, 'ALTER TABLE old', 'after'));
    expect(await scene.answer(update, to)).toMatchObject({ status: 'SUCCESS', data: { Applied: '0002_q' } });
    expect(await scene.sql('SELECT id FROM user ORDER BY id')).toEqual([{ id: 1 }, { id: 5 }]);
  });
});

describe.each(servers())('a clock that is put back on $name', (server) => {
  it('does not fail a deployment: how long a migration took is of no weight', async () => {
    const scene = await Scene.start(server);
    let now = Date.now();
    const { clock } = scene.ports(A);
    // Each look at it finds it an hour earlier.
    const back = { ...clock, now: () => (now -= 3_600_000) };
    expect(await scene.created(A, { clock: back })).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.updated(A, B, { clock: back })).toMatchObject({ status: 'SUCCESS' });
    await scene.end();
  });
});
