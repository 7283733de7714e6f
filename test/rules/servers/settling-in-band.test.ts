import { NAME, ORDERS, FIRST, Scene, SECOND, USER, release } from '../../integration/scene';
import { servers } from '../../servers';

/** As a release of somebody who wants to go back to an earlier one on purpose. */
const REFUSED = { status: 'FAILED', reason: expect.stringContaining('[removed-migration]') as unknown };

describe.each(servers())('on $name, where no status of the stack ever arrives', (server) => {
  const scene = Scene.ofEachTest(server);

  const unsettled = (): Promise<unknown> =>
    scene.sql(
      `SELECT newDigest FROM ${scene.name}.migration_deployment WHERE settledAt IS NULL AND status = 'applied'`,
    );

  /** A stack that was created at FIRST and updated to SECOND. */
  async function updated(): Promise<void> {
    await scene.created(FIRST);
    await scene.answer(scene.begins(FIRST), FIRST);
    await scene.updated(FIRST, SECOND);
    await scene.answer(scene.begins(SECOND), SECOND);
  }

  test('an older release that is deployed on purpose is refused, and live tables stay', async () => {
    await updated();
    expect(await scene.releaseGone(FIRST)).toContain('there to stay');
    await scene.sql('INSERT INTO orders SELECT id, id FROM user');
    const before = [await scene.schema(), await scene.sql('SELECT * FROM orders')];

    expect(await scene.updated(SECOND, FIRST)).toMatchObject(REFUSED);
    expect([await scene.schema(), await scene.sql('SELECT * FROM orders')]).toEqual(before);
    // The update that was refused is rolled back.
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({ status: 'SUCCESS' });
    expect([await scene.schema(), await scene.sql('SELECT * FROM orders')]).toEqual(before);
  });

  test('a rollback stays a rollback: the release that is gone then is the one that was reverted', async () => {
    await updated();
    const back = async (): Promise<void> => {
      const answer = await scene.updated(SECOND, FIRST);
      expect(answer).toMatchObject({ status: 'SUCCESS', data: { Reverted: '' } });
      expect(await scene.releaseGone(SECOND)).toContain('2 migrations reverted (0003_orders, 0002_name)');
      expect(await unsettled()).toEqual([]);
    };
    await back();
    // The same deployment again, and its rollback again.
    await scene.updated(FIRST, SECOND);
    await scene.answer(scene.begins(SECOND), SECOND);
    await back();
  });

  test('one that is told late, or twice, settles nothing that was asked for after it', async () => {
    const third = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS, '0004_b': CREATE_B });
    await updated();
    const at = Date.UTC(2026, 0, 1) + 5_000;
    await scene.releaseGone(FIRST, undefined, at);
    // Two seconds later.
    scene.update(SECOND, third);
    await scene.updated(SECOND, third);
    await scene.releaseGone(FIRST, undefined, at);
    expect(await unsettled()).toEqual([{ newDigest: third.manifest.digest }]);
    expect(await scene.updated(third, SECOND)).toMatchObject({ data: { Reverted: '0004_b' } });
  });

  test('a chain of tries without rollback is settled by the first of its releases that is gone', async () => {
    const middle = release({ '0001_user': USER, '0002_name': NAME });
    await scene.created(FIRST);
    await scene.updated(FIRST, middle);
    await scene.updated(middle, SECOND);
    await scene.answer(scene.begins(SECOND), SECOND);
    await scene.releaseGone(middle);
    await scene.releaseGone(FIRST);
    expect(await unsettled()).toEqual([]);
    expect(await scene.updated(SECOND, FIRST)).toMatchObject(REFUSED);
  });

  test('where the stack is deleted, or its creation is rolled back, the release that is gone settles nothing', async () => {
    await scene.created(FIRST);
    expect(await scene.releaseGone(FIRST)).toContain('nothing is deployed in its place');
    expect(await unsettled()).toHaveLength(1);

    await scene.updated(FIRST, SECOND);
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    await scene.releaseGone(FIRST);
    await scene.releaseGone(SECOND);
    expect(await unsettled()).toHaveLength(2);
  });

  test('a database without a journal, and one that cannot be reached, keep no stack from its end', async () => {
    expect(await scene.releaseGone(FIRST)).toContain('nothing is deployed in its place');
    const problem = { code: 'cannot-connect', message: 'no way there' } as const;
    const connect = (): Promise<{ kind: 'failed'; failure: typeof problem }> =>
      Promise.resolve({ kind: 'failed', failure: problem });
    expect(await scene.releaseGone(FIRST, { ...scene.ports(FIRST), connect })).toContain('no way there');
    expect(scene.logged.at(-1)).toMatchObject({ level: 'error', fields: { error: 'no way there [cannot-connect]' } });
  });

  test('a lost connection is tried again', async () => {
    await updated();
    const lost = scene.session();
    lost.connection.destroy();
    const sessions = [lost, scene.session()];
    const connect = (): ReturnType<ReturnType<Scene['ports']>['connect']> =>
      Promise.resolve({ kind: 'connected', session: sessions.shift()! });
    expect(await scene.releaseGone(FIRST, { ...scene.ports(SECOND), connect })).toContain('there to stay');
    expect(await unsettled()).toEqual([]);
  });
});

const CREATE_B = `-- migrate:up
CREATE TABLE b (id INT PRIMARY KEY);
-- migrate:down
DROP TABLE b;`;
