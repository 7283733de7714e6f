import { OnDelete, OnRemoved } from '../../lib';
import { stackServers } from '../servers';
import { PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import type { StackScene } from './stack-scene';
import { StackScenes } from './stack-scene';

const ALL = { ...USER, ...PROFILE };
const REVERT_ON_DELETE = { onDelete: OnDelete.REVERT };
const EDITED = { '0001_user.sql': USER['0001_user.sql'].replace('190', '191') };
const RELEASES = synthesizeReleases({
  all: { migrations: ALL },
  allRevertedOnDelete: { migrations: ALL, props: REVERT_ON_DELETE },
  edited: { migrations: { ...ALL, ...EDITED }, application: '2' },
  smaller: { migrations: USER, application: '2' },
  smallerByRevert: { migrations: USER, application: '2', props: { onRemoved: OnRemoved.REVERT } },
});
const APPLIED = ['0001_user applied 2/2', '0002_profile applied 4/4', '0003_second_user applied 1/1'];

describe.each(stackServers())('on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);
  let scene: StackScene;
  beforeEach(() => {
    scene = scenes.begin();
  });

  test('onDelete RETAIN keeps schema, rows and history when the stack is deleted', async () => {
    await scene.stack.deploy(RELEASES.all);
    const state = await scene.state();
    expect(await scene.stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
    expect(await scene.state()).toEqual(state);
    expect(await scene.sql(`SELECT email FROM ${scene.database}.user ORDER BY id`)).toEqual([
      { email: 'first@example.com' },
      { email: 'second@example.com' },
    ]);
  });

  test('onDelete REVERT reverts all when the stack is deleted', async () => {
    await scene.stack.deploy(RELEASES.allRevertedOnDelete);
    expect(await scene.stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
    expect(await scene.tables()).toEqual(['migration', 'migration_deployment']);
    expect(await scene.history()).toEqual([]);
  });

  test('an option alone makes an update, which changes nothing in the schema and counts at the end', async () => {
    await scene.stack.deploy(RELEASES.all);
    const schema = await scene.schema();
    await scene.stack.deploy(RELEASES.allRevertedOnDelete);
    expect([await scene.schema(), await scene.history()]).toEqual([schema, APPLIED]);
    await scene.stack.destroy();
    expect(await scene.history()).toEqual([]);
  });

  test('an applied migration that was edited is refused by its name', async () => {
    await scene.stack.deploy(RELEASES.all);
    const schema = await scene.schema();
    const result = await scene.stack.deploy(RELEASES.edited);
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toContain('0001_user');
    expect(result.reason).not.toContain('0002_profile');
    expect([await scene.schema(), await scene.history()]).toEqual([schema, APPLIED]);
    expect(scene.physicalIds.size).toBe(1);
  });

  test('a release that lacks applied migrations is refused, and they are named', async () => {
    await scene.stack.deploy(RELEASES.all);
    const schema = await scene.schema();
    const result = await scene.stack.deploy(RELEASES.smaller);
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toContain('0003_second_user, 0002_profile');
    expect([await scene.schema(), await scene.history()]).toEqual([schema, APPLIED]);
  });

  test('onRemoved REVERT reverts them; a rollback applies them again', async () => {
    await scene.stack.deploy(RELEASES.all);
    const schema = await scene.schema();
    const failed = await scene.stack.deploy(RELEASES.smallerByRevert, { fail: { Application: 'no room' } });
    expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
    expect([await scene.schema(), await scene.history()]).toEqual([schema, APPLIED]);
    expect(await scene.sql(`SELECT name FROM ${scene.database}.user ORDER BY id`)).toEqual([
      { name: 'Åsa 表' },
      { name: 'Bo' },
    ]);

    expect(await scene.stack.deploy(RELEASES.smallerByRevert)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(await scene.tables()).toEqual(['migration', 'migration_deployment', 'user']);
    expect(await scene.history()).toEqual(APPLIED.slice(0, 1));
    expect(scene.physicalIds.size).toBe(1);
  });
});
