import { stackServers } from '../servers';
import { MARKED, DEADLY, USER, WIDENED } from './small-migrations';
import { synthesizeReleases } from './small-app';
import type { StackScene } from './stack-scene';
import { StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  marked: { migrations: { ...USER, ...MARKED } },
  widened: { migrations: { ...USER, ...WIDENED } },
  deadly: { migrations: { ...USER, ...DEADLY }, application: '2' },
});
const BEFORE = ['0001_user applied 2/2'];

describe.each(stackServers())('on $name, a function', (server) => {
  const scenes = StackScenes.ofSuite(server);
  let scene: StackScene;
  beforeEach(() => {
    scene = scenes.begin();
  });

  test('that is killed while its DDL runs on is carried on by the next attempt, which does not run it again', async () => {
    await scene.stack.deploy(RELEASES.first);
    await scene.sql('START TRANSACTION');
    await scene.sql(`SELECT * FROM ${scene.database}.user`);
    const update = scene.stack.deploy(RELEASES.widened);
    await scene.running('ALTER TABLE user');
    await scene.stack.function('Migrations').crash();
    // Now nothing stops the statement, which the server has not given up.
    await scene.sql('COMMIT');
    expect(await update).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(scene.attemptsAt('Update')).toEqual(['crashed', 'returned']);
    expect(await scene.history()).toEqual([...BEFORE, '0002_vat applied 3/3']);
    expect(await scene.sql(`SELECT id FROM ${scene.database}.vat_rate`)).toEqual([{ id: 19 }]);
    expect(scene.requests).toEqual(['Create success', 'Update success']);
  });

  test('that is killed while its DML waits is carried on by the next attempt, and the rows change once', async () => {
    await scene.stack.deploy(RELEASES.first);
    await scene.sql('START TRANSACTION');
    await scene.sql(`SELECT * FROM ${scene.database}.user FOR UPDATE`);
    const update = scene.stack.deploy(RELEASES.marked);
    await scene.running('UPDATE user SET email');
    await scene.stack.function('Migrations').crash();
    await scene.sql('COMMIT');
    expect(await update).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(scene.attemptsAt('Update')).toEqual(['crashed', 'returned']);
    expect(await scene.sql(`SELECT email FROM ${scene.database}.user`)).toEqual([
      { email: 'marked-first@example.com' },
    ]);
    expect(await scene.history()).toEqual([...BEFORE, '0002_mark applied 3/3']);
  });

  test('that dies in all its attempts at an update is answered for, and the stack rolls back', async () => {
    await scene.stack.deploy(RELEASES.first);
    const schema = await scene.schema();
    const result = await scene.stack.deploy(RELEASES.deadly);
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toContain('the function that runs the migrations did not come to an end (RetriesExhausted)');
    expect(result.reason).toContain('[out-of-attempts]');
    expect(scene.attemptsAt('Update')).toEqual(['crashed', 'crashed', 'crashed', 'returned']);
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(BEFORE);
    expect(scene.requests).toEqual(['Create success', 'Update failed', 'Update success']);
    expect(scene.physicalIds.size).toBe(1);
  });

  test('that dies in all its attempts at a create is answered for, and nothing is left', async () => {
    const result = await scene.stack.deploy(RELEASES.deadly);
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain('[out-of-attempts]');
    expect(await scene.tables()).toEqual(['migration', 'migration_deployment']);
    expect(await scene.history()).toEqual([]);
    expect(scene.requests).toEqual(['Create failed', 'Delete success']);
  });
});
