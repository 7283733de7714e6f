import { servers } from '../../servers';
import { FIRST, PHYSICAL_ID, Scene, SECOND } from '../scene';

describe.each(servers())('a deployment on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it('applies what is pending and answers with one constant physical id', async () => {
    const created = await scene.created(FIRST);
    const updated = await scene.updated(FIRST, SECOND);

    expect(created).toMatchObject({ status: 'SUCCESS', physicalId: PHYSICAL_ID, data: { Applied: '0001_user' } });
    expect(updated).toMatchObject({
      status: 'SUCCESS',
      physicalId: PHYSICAL_ID,
      data: { Applied: '0002_name, 0003_orders', Version: '0003_orders' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
    expect(await scene.sql(`SELECT name FROM ${scene.name}.user`)).toEqual([{ name: 'Åsa' }]);
  });

  it.each([
    ['the old code', FIRST],
    ['the new code', SECOND],
  ])('is rolled back by %s to exactly the schema before', async (_name, code) => {
    await scene.created(FIRST);
    const before = await scene.schema();
    await scene.updated(FIRST, SECOND);

    const answer = await scene.answer(scene.update(SECOND, FIRST), code);

    expect(answer).toMatchObject({
      status: 'SUCCESS',
      physicalId: PHYSICAL_ID,
      data: { Reverted: '0003_orders, 0002_name', Drift: '' },
    });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied']);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
  });
});
