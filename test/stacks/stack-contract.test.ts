import { OnDelete, OnRemoved } from '../../lib';
import type { StackOverrides } from '../../rehearsal/rehearsal-options';
import { stackServers } from '../servers';
import { synthesizeReleases } from './small-app';
import { USER } from './small-migrations';
import type { StackScene } from './stack-scene';
import { StackScenes } from './stack-scene';

const LOGIN = {
  '0002_add_login.sql': `-- migrate:up
ALTER TABLE user ADD COLUMN login VARCHAR(190) NULL;
UPDATE user SET login = email;
-- migrate:down
ALTER TABLE user DROP COLUMN login;
`,
  '0003_require_login.sql': `-- migrate:phase contract
-- migrate:up
ALTER TABLE user MODIFY login VARCHAR(190) NOT NULL;
-- migrate:down
ALTER TABLE user MODIFY login VARCHAR(190) NULL;
`,
};
/** The one that contracts comes first by name, and last in an update. */
const NOTE = {
  '0004_drop_email.up.sql': `-- migrate:phase contract
ALTER TABLE user DROP COLUMN email;
`,
  '0004_drop_email.down.sql': `ALTER TABLE user ADD COLUMN email VARCHAR(190) NOT NULL AFTER id;
UPDATE user SET email = login;
ALTER TABLE user ADD UNIQUE KEY email (email);
`,
  '0005_note.sql': `-- migrate:up
CREATE TABLE note (login VARCHAR(190) NOT NULL PRIMARY KEY);
INSERT INTO note SELECT login FROM user;
-- migrate:down
DROP TABLE note;
`,
};
const BROKEN = {
  '0006_broken.js': `export const phase = 'contract';
export async function up({ query }) {
  await query('INSERT INTO user (login) VALUES (NULL)');
}
export async function down() {}
`,
};

const ALL = { ...USER, ...LOGIN, ...NOTE };
const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  login: { migrations: { ...USER, ...LOGIN }, application: '2', afterwards: '1' },
  note: { migrations: ALL, application: '3', afterwards: '2' },
  broken: { migrations: { ...ALL, ...BROKEN }, application: '4' },
  expandOnly: {
    migrations: { ...USER, '0002_add_login.sql': LOGIN['0002_add_login.sql'] },
    props: { onDelete: OnDelete.REVERT, onRemoved: OnRemoved.REVERT },
  },
  loginRevertedOnDelete: { migrations: { ...USER, ...LOGIN }, application: '2', props: { onDelete: OnDelete.REVERT } },
  noteRevertedOnDelete: { migrations: ALL, application: '3', props: { onDelete: OnDelete.REVERT } },
});
const [USER_DONE, LOGIN_DONE, LOGIN_REQUIRED] = [
  '0001_user applied 2/2',
  '0002_add_login applied 2/2',
  '0003_require_login applied 1/1',
];
const [EMAIL_DROPPED, NOTE_DONE] = ['0004_drop_email applied 1/1', '0005_note applied 2/2'];

describe.each(stackServers())('on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);
  let scene: StackScene;

  function begin(overrides: StackOverrides = {}): StackScene['stack'] {
    scene = scenes.begin(overrides);
    return scene.stack;
  }
  afterEach(() => {
    expect(scene.said).not.toContain('the schema is not what it was before');
  });

  /** Resources of the last operation in the order in which they were done. */
  function doneIn(events: readonly { readonly logicalId: string; readonly status: string }[]): readonly string[] {
    return events
      .filter(({ status }) => status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE')
      .map(({ logicalId }) => logicalId.replace(/[0-9A-F]{8}$/, ''))
      .filter((id) => ['Migrations', 'Application', 'MigrationsContract', 'Afterwards'].includes(id));
  }

  test('an application that fails is never followed by what contracts, and all is rolled back', async () => {
    const stack = begin();
    await stack.deploy(RELEASES.first);
    const schema = await scene.schema();
    const failed = await stack.deploy(RELEASES.login, { fail: { Application: 'no room' } });
    expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
    expect(scene.requests).toEqual(['Create success', 'Update success', 'Update success']);
    expect([await scene.schema(), await scene.history()]).toEqual([schema, [USER_DONE]]);
  });

  const orders = [
    { neededRollback: 'first', codeRollback: 'before' },
    { neededRollback: 'last', codeRollback: 'before' },
    { neededRollback: 'last', codeRollback: 'after' },
  ] as const;
  describe.each(orders)(
    'where the needed resources roll back $neededRollback, and code $codeRollback them',
    (order) => {
      test('an update expands, then comes the application, then it contracts; what fails afterwards reverts both phases', async () => {
        const stack = begin(order);
        await stack.deploy(RELEASES.first);
        const first = await scene.schema();
        const failed = { status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' };
        expect(await stack.deploy(RELEASES.login, { fail: { Afterwards: 'no room' } })).toMatchObject(failed);
        expect([await scene.schema(), await scene.history()]).toEqual([first, [USER_DONE]]);

        const { status, events } = await stack.deploy(RELEASES.login);
        expect(status).toBe('UPDATE_COMPLETE');
        expect(doneIn(events)).toEqual(['Migrations', 'Application', 'MigrationsContract', 'Afterwards']);
        const login = await scene.schema();
        const done = [USER_DONE, LOGIN_DONE, LOGIN_REQUIRED];
        expect(await stack.deploy(RELEASES.note, { fail: { Afterwards: 'no room' } })).toMatchObject(failed);
        expect([await scene.schema(), await scene.history()]).toEqual([login, done]);
        const asked = scene.calls.slice(-2).map(({ event }) => /Contract/.test(event.LogicalResourceId));
        expect(asked).toEqual(order.neededRollback === 'first' ? [false, true] : [true, false]);
        expect(await stack.deploy(RELEASES.note)).toMatchObject({ status: 'UPDATE_COMPLETE' });
        expect(await scene.history()).toEqual([...done, NOTE_DONE, EMAIL_DROPPED]);
        expect(await scene.sql(`SELECT login FROM ${scene.database}.note`)).toEqual([{ login: 'first@example.com' }]);
      });

      test('a contracting migration that fails reverts itself, and the rollback the rest', async () => {
        const stack = begin(order);
        await stack.deploy(RELEASES.first);
        await stack.deploy(RELEASES.login);
        const schema = await scene.schema();
        const failed = await stack.deploy(RELEASES.broken);
        expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
        expect(failed.reason).toContain('0006_broken.js failed at its up');
        expect(failed.reason).toContain('1 migration reverted (0004_drop_email)');
        expect([await scene.schema(), await scene.history()]).toEqual([
          schema,
          [USER_DONE, LOGIN_DONE, LOGIN_REQUIRED],
        ]);
      });
    },
  );

  test('a creation that fails afterwards leaves nothing', async () => {
    const stack = begin();
    expect(await stack.deploy(RELEASES.login, { fail: { Afterwards: 'no room' } })).toMatchObject({
      status: 'ROLLBACK_COMPLETE',
    });
    expect(await scene.history()).toEqual([]);
    expect(await scene.tables()).toEqual(['migration', 'migration_deployment']);
  });

  test('tries without rollback are rolled back together', async () => {
    const stack = begin();
    await stack.deploy(RELEASES.first);
    const schema = await scene.schema();
    await stack.deploy(RELEASES.login, { fail: { Afterwards: 'no room' }, rollback: false });
    await stack.deploy(RELEASES.note, { fail: { Afterwards: 'no room' }, rollback: false });
    expect(await scene.history()).toEqual([USER_DONE, LOGIN_DONE, LOGIN_REQUIRED, NOTE_DONE, EMAIL_DROPPED]);
    expect(await stack.rollback()).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect([await scene.schema(), await scene.history()]).toEqual([schema, [USER_DONE]]);
  });

  test('the second resource goes with the last migration of its phase, and takes nothing with it', async () => {
    const stack = begin();
    await stack.deploy(RELEASES.first);
    await stack.deploy(RELEASES.loginRevertedOnDelete);
    expect(await stack.deploy(RELEASES.expandOnly)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(scene.requests.at(-1)).toBe('Delete success');
    expect(await scene.history()).toEqual([USER_DONE, LOGIN_DONE]);
  });

  test.each(['loginRevertedOnDelete', 'noteRevertedOnDelete'] as const)(
    'onDelete REVERT takes %s back',
    async (last) => {
      const stack = begin();
      await stack.deploy(RELEASES.first);
      await stack.deploy(RELEASES.login);
      await stack.deploy(RELEASES[last]);
      expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
      expect(await scene.history()).toEqual([]);
      expect(await scene.tables()).toEqual(['migration', 'migration_deployment']);
    },
  );

  test('an empty database gets all in the order of their names, and onDelete RETAIN keeps both phases', async () => {
    const stack = begin();
    expect(await stack.deploy(RELEASES.note)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(await scene.history()).toEqual([USER_DONE, LOGIN_DONE, LOGIN_REQUIRED, EMAIL_DROPPED, NOTE_DONE]);
    expect(scene.requests).toEqual(['Create success', 'Create success']);
    expect(scene.physicalIds.size).toBe(2);
    const state = await scene.state();
    expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
    expect(await scene.state()).toEqual(state);
  });
});
