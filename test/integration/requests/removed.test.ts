import { servers } from '../../servers';
import { FIRST, NAME, ORDERS, release, Scene, SECOND, USER } from '../scene';

const TEAM = `-- migrate:up
CREATE TABLE team (id INT PRIMARY KEY);
-- migrate:down
DROP TABLE team;`;

describe.each(servers())('a release on $name that lacks what is applied, with onRemoved REVERT,', (server) => {
  const without = release({ '0001_user': USER, '0004_team': TEAM }, { OnRemoved: 'REVERT' });
  const scene = Scene.ofEachTest(server, SECOND);

  it.each([
    ['the old code', SECOND],
    ['the new code', without],
  ])('gets it back when it is rolled back by %s', async (_name, code) => {
    const before = await scene.schema();
    const forward = await scene.updated(SECOND, without);
    expect(forward.data).toMatchObject({ Applied: '0004_team', Reverted: '0003_orders, 0002_name' });

    const answer = await scene.answer(scene.update(without, SECOND), code);

    expect(answer).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0004_team', Applied: '0002_name, 0003_orders', Drift: '' },
    });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
  });

  it('gets it back in several attempts, where the time runs out', async () => {
    const before = await scene.schema();
    await scene.updated(SECOND, without);
    let remaining = 600_000;
    const clock = { now: () => Date.now(), remaining: () => remaining, sleep: () => Promise.resolve() };
    const session = scene.session();
    const write = async (statement: string) => {
      if (statement.includes("state = 'applying'")) remaining = 1_000;
      return session.database.write(statement);
    };
    const connect = scene.connectingTo(session, { write });
    const rollback = scene.update(without, SECOND);
    expect(await scene.run(rollback, SECOND, { clock, connect })).toMatchObject({
      kind: 'go-on',
      reason: expect.stringContaining('the time ran out before step 1 of 2 of 0002_name') as string,
    });
    expect(await scene.answer(rollback, SECOND)).toMatchObject({ status: 'SUCCESS', data: { Drift: '' } });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
  });

  it('gets it back at once when a removal fails', async () => {
    const before = await scene.schema();
    // Rows that the down of 0002 would have to keep.
    await scene.sql(
      `CREATE TABLE ${scene.name}.mine (email VARCHAR(190), FOREIGN KEY (email) REFERENCES user (email))`,
    );
    await scene.sql(`INSERT INTO ${scene.name}.mine VALUES ('a@example.com')`);

    const answer = await scene.updated(SECOND, without);

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('reverting 0002_name failed at down step 1 of 2');
    // Nothing of it was taken down: what stands in the way of its down does not stand in the way of keeping it.
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
    await scene.sql(`DROP TABLE ${scene.name}.mine`);
    expect(await scene.updated(without, SECOND)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
  });

  it('forgets it once the release has settled', async () => {
    await scene.updated(SECOND, without);
    await scene.settle();
    expect(await scene.history()).toEqual(['0001_user applied', '0004_team applied']);
  });
});

describe.each(servers())('updates on $name without rollback', (server) => {
  const second = release({ '0001_user': USER, '0002_name': NAME });
  const third = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS });
  const scene = Scene.ofEachTest(server, FIRST);

  it('are rolled back together, newest first', async () => {
    const before = await scene.schema();
    await scene.updated(FIRST, second);
    await scene.stackIs('UPDATE_FAILED');
    await scene.updated(second, third);
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');

    const answer = await scene.updated(third, FIRST);

    expect(answer).toMatchObject({ status: 'SUCCESS', data: { Reverted: '0003_orders, 0002_name', Drift: '' } });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted', 'Update reverted']);
  });

  it('do not make an edited migration acceptable: the event of its success may be late', async () => {
    await scene.updated(FIRST, second);
    await scene.stackIs('UPDATE_FAILED');
    const edited = release({ '0001_user': USER, '0002_name': NAME.replaceAll('Åsa', 'Asa') });
    expect(await scene.updated(second, edited)).toMatchObject({ status: 'FAILED' });
    expect(await scene.sql(`SELECT name FROM ${scene.name}.user`)).toEqual([{ name: 'Åsa' }]);
  });

  it('are rolled back together where the last was refused, also by the old code: its manifest vouches for the others', async () => {
    const before = await scene.schema();
    await scene.updated(FIRST, second);
    await scene.stackIs('UPDATE_FAILED');
    const edited = release({ '0001_user': USER.replace('190', '191'), '0002_name': NAME });
    expect(await scene.updated(second, edited)).toMatchObject({ status: 'FAILED' });
    expect(await scene.deployments()).toEqual(['Create applied', 'Update applied', 'Update reverted']);

    expect(await scene.updated(edited, FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_name', Drift: '' },
    });
    expect(await scene.schema()).toEqual(before);
  });

  it('are refused where one brings back what another removed, until the stack has settled', async () => {
    await scene.updated(FIRST, third);
    await scene.settle();
    const without = release({ '0001_user': USER }, { OnRemoved: 'REVERT' });
    expect(await scene.updated(third, without)).toMatchObject({ status: 'SUCCESS' });
    await scene.stackIs('UPDATE_FAILED');

    const answer = await scene.updated(without, second);
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain(
      '0002_name was reverted by a release whose deployment is not known to have ended well',
    );
    expect(await scene.answer(scene.update(second, third), second)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0002_name, 0003_orders', Drift: '' },
    });
  });
});
