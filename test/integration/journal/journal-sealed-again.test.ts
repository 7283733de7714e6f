import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, release, Scene, SECOND, USER } from '../scene';

/** As a dump of mysqldump is: applied again, it would take the rows. */
const DUMPED = USER.replace('CREATE TABLE user', 'DROP TABLE IF EXISTS user;\nCREATE TABLE user');
const tableOf = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INT);\n-- migrate:down\nDROP TABLE ${name};`;
const A = release({ '0001_user': DUMPED });
const B = release({ '0001_user': DUMPED, '0002_b': tableOf('b') });
const C = release({ '0001_user': DUMPED, '0002_b': tableOf('b'), '0003_c': tableOf('c') });
const A_BY_REVERT = release({ '0001_user': DUMPED }, { OnRemoved: 'REVERT' });

describe.each(servers())('on $name, what must be in the history is known again', (server) => {
  const scene = Scene.ofEachTest(server);

  test.each<[string, () => Promise<unknown>]>([
    ['down', () => invoke(scene, B, { command: 'down', steps: 1 })],
    ['repair', () => invoke(scene, B, { command: 'repair', migration: '0002_b', is: 'reverted' })],
    [
      'a release that removed one, and its rollback',
      async () => {
        await scene.updated(B, A_BY_REVERT);
        return scene.updated(A_BY_REVERT, B);
      },
    ],
    [
      'a rollback',
      async () => {
        await scene.updated(B, C);
        return scene.updated(C, B);
      },
    ],
  ])('after %s: an emptied table is no fresh database', async (_, revert) => {
    await scene.created(B);
    await scene.settle();
    await scene.sql("INSERT INTO user (email) VALUES ('live@example.com')");
    await revert();
    await scene.sql('TRUNCATE migration');

    const answer = await scene.updated(B, C);
    expect(answer).toMatchObject({ status: 'FAILED', data: { Applied: '' } });
    expect(answer.reason).toContain('[journal-incomplete]');
    expect(await scene.sql('SELECT email FROM user')).toEqual([{ email: 'live@example.com' }]);
  });

  test('two stacks of one database that overtake each other are never refused for it', async () => {
    const first = scene.stackId;
    await scene.created(FIRST);
    await scene.settle();
    scene.renew();
    const second = scene.stackId;
    await scene.created(FIRST);
    await scene.settle();

    scene.stackId = first;
    const update = scene.update(FIRST, SECOND);
    const dying = dyingAt(scene, 'CREATE TABLE orders', 'before');
    await expect(scene.run(update, SECOND, dying)).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    scene.stackId = second;
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({ status: 'SUCCESS' });
    scene.stackId = first;
    expect(
      await scene.answer(update, SECOND, { attempt: { isFirst: false, isLast: false, isLastThoughLong: false } }),
    ).toMatchObject({ status: 'SUCCESS' });
    scene.stackId = second;
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({ status: 'SUCCESS' });
    scene.stackId = first;
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({ status: 'SUCCESS' });
    scene.stackId = second;
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({ status: 'SUCCESS' });
  });

  test('what up has applied belongs to whoever removes it', async () => {
    await scene.created(B);
    await scene.settle();
    await invoke(scene, B, { command: 'down', steps: 1 });
    await invoke(scene, B, { command: 'up' });
    expect(await scene.updated(B, A_BY_REVERT)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_b' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_b removed']);
    expect(A.manifest.digest).toBe(A_BY_REVERT.manifest.digest);
  });
});
