import { servers } from '../../servers';
import { commandIn, invoke } from '../by-hand';
import { FIRST, NAME, release, Scene, USER } from '../scene';

/** Nothing shows whether it was done. */
const CLEAR = '-- migrate:up\nTRUNCATE TABLE user;\n-- migrate:down\nDO 1;';

const BOTH = release({ '0001_user': USER, '0002_name': NAME });
const CLEARED = release({ '0001_user': USER, '0002_clear': CLEAR });
const REMOVING = release({ '0001_user': USER }, { OnRemoved: 'REVERT' });

describe.each(servers())('a rollback that cannot apply again what a release had removed, on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(FIRST);
  });

  it('goes on once that was done by hand', async () => {
    await scene.updated(FIRST, BOTH);
    await scene.settle();
    const before = await scene.schema();
    expect(await scene.updated(BOTH, REMOVING)).toMatchObject({ status: 'SUCCESS' });
    await scene.sql(`UPDATE ${scene.name}.migration SET script = COMPRESS('{}') WHERE name = '0002_name'`);
    const refused = await scene.answer(scene.update(REMOVING, BOTH), REMOVING);
    expect(refused).toMatchObject({ status: 'FAILED' });
    expect(refused.reason).toContain('[not-vouched]');

    const command = commandIn(refused.reason);
    expect(command).toEqual({ command: 'repair', migration: '0002_name', is: 'applied' });
    await scene.sql(`ALTER TABLE ${scene.name}.user ADD COLUMN name VARCHAR(100) NULL`);
    expect(await invoke(scene, REMOVING, command)).toMatchObject({ kind: 'repaired', state: 'applied' });
    expect(await scene.answer(scene.update(REMOVING, BOTH), REMOVING)).toMatchObject({
      status: 'SUCCESS',
      data: { Drift: '' },
    });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied']);
  });

  it.each(['done', 'not-done'])('goes on once the step in doubt is said to be %s', async (is) => {
    await scene.updated(FIRST, CLEARED);
    await scene.settle();
    await scene.updated(CLEARED, REMOVING);
    // The process died in the step.
    await scene.sql(
      `UPDATE ${scene.name}.migration SET state = 'applying', \`before\` = 'blind' WHERE name = '0002_clear'`,
    );
    await scene.sql(`INSERT INTO ${scene.name}.user (email) VALUES ('a@example.com')`);
    const refused = await scene.updated(REMOVING, CLEARED);
    const command = commandIn(refused.reason);
    expect(command).toEqual({ command: 'repair', migration: '0002_clear', step: 1, is: 'done' });
    await invoke(scene, CLEARED, { ...command, is });
    expect(await scene.updated(REMOVING, CLEARED)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql(`SELECT id FROM ${scene.name}.user`)).toHaveLength(is === 'done' ? 1 : 0);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_clear applied']);
  });

  it('starts over once a half-applied one was reverted by hand', async () => {
    await scene.updated(FIRST, BOTH);
    await scene.settle();
    const before = await scene.schema();
    await scene.updated(BOTH, REMOVING);
    await scene.sql(`UPDATE ${scene.name}.migration SET state = 'applying' WHERE name = '0002_name'`);
    const command = { command: 'repair', migration: '0002_name', is: 'reverted' };
    expect(await invoke(scene, REMOVING, command)).toMatchObject({ kind: 'repaired', state: 'removed' });
    expect(await scene.updated(REMOVING, BOTH)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0002_name' },
    });
    expect(await scene.schema()).toEqual(before);
  });
});
