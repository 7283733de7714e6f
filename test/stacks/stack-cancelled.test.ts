import { readFileSync } from 'node:fs';
import { statusEvent } from '../../rehearsal/stack/status-events';
import type { StackStatus } from '../../rehearsal/stack/stack-types';
import type { TemplateBody } from '../../rehearsal/template/template';
import { stackServers } from '../servers';
import { MARKED, PROFILE, USER, WIDENED } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  marked: { migrations: { ...USER, ...MARKED } },
  widened: { migrations: { ...USER, ...WIDENED } },
  nestedFirst: { migrations: USER, nested: true },
  nestedSecond: { migrations: { ...USER, ...PROFILE }, application: '2', nested: true },
});
const BEFORE = ['0001_user applied 2/2'];
const AFTER = [...BEFORE, '0002_profile applied 4/4', '0003_second_user applied 1/1'];

describe.each(stackServers())('on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);

  test.each([
    { what: 'a DML statement', release: 'marked', lock: 'FOR UPDATE', statement: 'UPDATE user SET email' },
    { what: 'a DDL statement', release: 'widened', lock: '', statement: 'ALTER TABLE user' },
  ] as const)(
    'an update that is cancelled while $what runs is ended and rolled back, with no answer of its own',
    async ({ release, lock, statement }) => {
      const scene = scenes.begin();
      const { stack } = scene;
      await stack.deploy(RELEASES.first);
      const schema = await scene.schema();
      await scene.sql('START TRANSACTION');
      await scene.sql(`SELECT * FROM ${scene.database}.user ${lock}`);
      const update = stack.deploy(RELEASES[release]);
      await scene.running(statement);
      stack.cancelUpdate();
      expect(await update).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
      await stack.idle();
      // It ended although the lock was not free yet.
      await scene.sql('COMMIT');
      expect(scene.requests).toEqual(['Create success', 'Update cancelled', 'Update success']);
      expect(scenes.rehearsal.answers.answersTo(scene.calls[1]!.event.ResponseURL)).toEqual([]);
      expect(await scene.schema()).toEqual(schema);
      expect(await scene.history()).toEqual(BEFORE);
      expect(await scene.sql(`SELECT email FROM ${scene.database}.user`)).toEqual([{ email: 'first@example.com' }]);
      expect(await stack.deploy(RELEASES[release])).toMatchObject({ status: 'UPDATE_COMPLETE' });
    },
  );

  test('a nested stack is settled by the status of its root, and not by its own', async () => {
    const root = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Root/00000000-0000-4000-8000-000000000000';
    const scene = scenes.begin({
      parameters: { ...parametersFor(RELEASES.nestedFirst, root), ...parametersFor(RELEASES.nestedSecond, root) },
    });
    const { stack } = scene;
    const tell = async (stackId: string, status: StackStatus): Promise<void> => {
      const account = { stackName: 'Root', stackId, region: 'eu-central-1', accountId: '111122223333' };
      const event = statusEvent(account, status, { time: scenes.rehearsal.clock.now(), token: 'root' });
      expect(await stack.invoke('Migrations', event)).toMatchObject({ outcome: { kind: 'returned' } });
    };
    const settled = async (): Promise<readonly boolean[]> => {
      const rows = await scene.sql(
        `SELECT settledAt IS NOT NULL AS settled FROM ${scene.database}.migration_deployment WHERE type <> 'Release' ORDER BY id`,
      );
      return rows.map((row) => Number(row.settled) === 1);
    };

    expect(await stack.deploy(RELEASES.nestedFirst)).toMatchObject({ status: 'CREATE_COMPLETE' });
    await tell(stack.stackId, 'CREATE_COMPLETE');
    expect(await settled()).toEqual([false]);
    await tell(root, 'CREATE_COMPLETE');
    expect(await settled()).toEqual([true]);
    const schema = await scene.schema();

    // The nested stack was updated and says so; then the root rolls back, and with it the nested stack.
    const nested = { cleanUp: false };
    expect(await stack.deploy(RELEASES.nestedSecond, nested)).toMatchObject({
      status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    });
    expect(await scene.history()).toEqual(AFTER);
    expect(await settled()).toEqual([true, false]);
    await tell(root, 'UPDATE_ROLLBACK_IN_PROGRESS');
    expect(await stack.rollback()).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect([await scene.schema(), await scene.history()]).toEqual([schema, BEFORE]);
    expect(scene.physicalIds.size).toBe(1);
  });
});

/** The one parameter of a nested template, which stands for the root's id; its name has the root's name in it. */
function parametersFor(file: string, rootStackId: string): Readonly<Record<string, string>> {
  const { Parameters: parameters = {} } = JSON.parse(readFileSync(file, 'utf8')) as TemplateBody;
  expect(Object.keys(parameters)).toHaveLength(1);
  return Object.fromEntries(Object.keys(parameters).map((name) => [name, rootStackId]));
}
