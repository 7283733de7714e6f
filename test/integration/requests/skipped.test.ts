import { servers } from '../../servers';
import { FIRST, NAME, release, Scene, SECOND, USER } from '../scene';

describe.each(servers())('a deployment on $name that a rollback skipped', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  const KEPT = ['0001_user applied', '0002_name kept', '0003_orders kept'];

  const skip = async (): Promise<void> => {
    await scene.updated(FIRST, SECOND);
    for (const status of ['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED', 'UPDATE_ROLLBACK_COMPLETE'])
      await scene.stackIs(status);
  };

  it('leaves what it applied as kept, and its row as over', async () => {
    await skip();
    expect(await scene.history()).toEqual(KEPT);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
  });

  it('is not missed by a release that lacks it, which names it', async () => {
    await skip();
    const next = release({ '0001_user': USER }, { OutOfOrder: 'FAIL' });
    expect(await scene.updated(FIRST, next)).toMatchObject({
      status: 'SUCCESS',
      data: { Kept: '0003_orders, 0002_name' },
    });
  });

  it('is taken over by a release that contains it, whose rollback leaves it as it was', async () => {
    await skip();
    const before = await scene.schema();
    const next = release({ '0001_user': USER, '0002_name': NAME });
    expect(await scene.updated(FIRST, next)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders kept']);
    expect(await scene.updated(next, FIRST)).toMatchObject({ status: 'SUCCESS' });
    expect([await scene.history(), await scene.schema()]).toEqual([KEPT, before]);
  });

  it.each<[string, () => Promise<unknown>, readonly string[]]>([
    ['was reverted', () => scene.updated(SECOND, FIRST), ['0001_user applied']],
    ['had settled before', () => scene.settle(), KEPT.map((row) => row.replace('kept', 'applied'))],
  ])('is none where it %s', async (_name, first, expected) => {
    await scene.updated(FIRST, SECOND);
    await first();
    for (const status of ['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE']) await scene.stackIs(status);
    expect(await scene.history()).toEqual(expected);
  });
});
