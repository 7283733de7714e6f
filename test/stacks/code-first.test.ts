import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OnRemoved } from '../../lib';
import { RELEASE_TYPE } from '../../lambda/contract';
import { migrationLines } from '../../rehearsal/report/migration-lines';
import type { StackOverrides } from '../../rehearsal/rehearsal-options';
import type {
  CustomResourceEvent,
  DeployOptions,
  OperationResult,
  StackEvent,
} from '../../rehearsal/stack/stack-types';
import type { TemplateBody } from '../../rehearsal/template/template';
import { moment } from '../rehearsal/story';
import { stackServers } from '../servers';
import { DatabaseProxy } from './bad-days/database-proxy';
import { type SmallRelease, synthesizeReleases } from './small-app';
import { USER } from './small-migrations';
import type { StackScene } from './stack-scene';
import { StackScenes } from './stack-scene';

const NICKNAME = {
  '0002_nickname.sql': `-- migrate:up
ALTER TABLE user ADD COLUMN nickname VARCHAR(100) NULL;
-- migrate:down
ALTER TABLE user DROP COLUMN nickname;
`,
};
const NOTE = {
  '0003_note.sql': `-- migrate:up
CREATE TABLE note (id INT NOT NULL PRIMARY KEY, text VARCHAR(100) NOT NULL);
-- migrate:down
DROP TABLE note;
`,
};
/** The older code writes the column that this drops; it can be added again under the newer code. */
const DROP_NICKNAME = {
  '0004_drop_nickname.sql': `-- migrate:phase contract
-- migrate:up
ALTER TABLE user DROP COLUMN nickname;
-- migrate:down
ALTER TABLE user ADD COLUMN nickname VARCHAR(100) NULL;
`,
};
const BROKEN_CONTRACT = {
  '0005_broken.sql': `-- migrate:phase contract
-- migrate:up
ALTER TABLE user DROP COLUMN nickname;
INSERT INTO nowhere VALUES (1);
-- migrate:down
ALTER TABLE user ADD COLUMN nickname VARCHAR(100) NULL;
`,
};

const OLD = { ...USER, ...NICKNAME };
const functions = ['Api', 'Worker'];
const version = (application: string, migrations: SmallRelease['migrations'], more: Partial<SmallRelease> = {}) => ({
  migrations,
  application,
  functions,
  ...more,
});
const RELEASES = synthesizeReleases({
  old: version('1', OLD),
  expanding: version('2', { ...OLD, ...NOTE }),
  contracting: version('2', { ...OLD, ...NOTE, ...DROP_NICKNAME }, { afterwards: '1' }),
  broken: version('2', { ...OLD, ...NOTE, ...BROKEN_CONTRACT }),
  usingOld: version('1', OLD, { waitByVersion: true }),
  using: version('2', { ...OLD, ...NOTE }, { waitByVersion: true }),
  reverting: version('3', OLD, { props: { onRemoved: OnRemoved.REVERT } }),
});
const HISTORY = ['0001_user applied 2/2', '0002_nickname applied 1/1'];

describe.each(stackServers())('on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);
  let scene: StackScene;
  let proxy: DatabaseProxy | undefined;
  afterEach(async () => {
    await proxy?.stop();
    proxy = undefined;
  });

  function begin(overrides: StackOverrides = {}): StackScene['stack'] {
    scene = scenes.begin(overrides);
    return scene.stack;
  }

  /** The old release, and a way to make the worker's update fail when the other function has its new code. */
  async function beginWithOld(): Promise<{
    readonly stack: StackScene['stack'];
    readonly fail: DeployOptions['fail'];
  }> {
    const updated = moment('Api UPDATE_COMPLETE');
    const stack = begin({ listener: updated.listener });
    expect(await stack.deploy(RELEASES.old)).toMatchObject({ status: 'CREATE_COMPLETE' });
    return { stack, fail: { Worker: { reason: 'no room', after: () => updated.come } } };
  }

  function expectNoHarm(atLeast: number): void {
    expect(scene.stack.liveCode.violations).toEqual([]);
    expect(scene.stack.liveCode.checks).toBeGreaterThanOrEqual(atLeast);
  }

  /** Which requests reverted something: type and resource. */
  function revertingRequests(): readonly string[] {
    return scene.stack.invocations
      .filter((invocation) => migrationLines([invocation]).some(({ message }) => message.startsWith('reverted')))
      .map(({ event }) => event as CustomResourceEvent)
      .map(({ RequestType, ResourceType }) => `${RequestType} of ${ResourceType}`);
  }

  /** The story of an operation from a status of the stack on, of the functions and of the resources of releases. */
  function storyFrom(status: string, { events }: OperationResult): readonly string[] {
    const isOfNote = ({ logicalId, type }: StackEvent): boolean =>
      functions.includes(logicalId) || type === RELEASE_TYPE || type === 'AWS::CloudFormation::Stack';
    const start = events.findIndex((event) => event.status === status);
    return events
      .slice(start)
      .filter((event) => isOfNote(event) && !event.status.endsWith('_IN_PROGRESS'))
      .map(({ logicalId, type, status: now }) => `${type === RELEASE_TYPE ? 'release' : logicalId} ${now}`);
  }

  const deliveries = [
    ['are delivered at once', {}],
    ['are late', { hold: true }],
    ['are lost', { hold: true }],
    ['come twice', { copies: 2 }],
  ] as const;
  test.each(deliveries)(
    'a function that fails: both have their old code again before anything is reverted, where status events %s',
    async (how, statusEvents) => {
      const { stack, fail } = await beginWithOld();
      const schema = await scene.schema();

      const failed = await stack.deploy(RELEASES.expanding, { fail, statusEvents });
      expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
      const story = storyFrom('UPDATE_ROLLBACK_IN_PROGRESS', failed);
      expect(story.slice(0, 2).toSorted()).toEqual(['Api UPDATE_COMPLETE', 'Worker UPDATE_COMPLETE']);
      expect(story.slice(2)).toEqual([
        'release DELETE_COMPLETE',
        `${failed.events[0]!.stackName} UPDATE_ROLLBACK_COMPLETE`,
      ]);
      expect(revertingRequests()).toEqual([`Delete of ${RELEASE_TYPE}`]);
      expect(timeOfRevert()).toBeGreaterThanOrEqual(timeOfBack(failed));
      if (how === 'are late') await stack.releaseStatusEvents();
      expect([await scene.schema(), await scene.history()]).toEqual([schema, HISTORY]);
      expectNoHarm(8);

      expect(await stack.deploy(RELEASES.expanding)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expectNoHarm(14);
    },
  );

  test('a release that cannot begin: functions that wait since they use the version are not touched either', async () => {
    const stack = begin();
    expect(await stack.deploy(RELEASES.usingOld)).toMatchObject({ status: 'CREATE_COMPLETE' });

    // What does not wait for it begins together with it.
    const failed = await stack.deploy(RELEASES.using, { fail: { MigrationsRelease: { reason: 'no room' } } });

    expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
    expect(failed.events.filter(({ logicalId }) => functions.includes(logicalId))).toEqual([]);
    expectNoHarm(5);
  });

  /** When the last function had its old code again. */
  function timeOfBack({ events }: OperationResult): number {
    const back = events.findLast(
      ({ logicalId, status }) => functions.includes(logicalId) && status === 'UPDATE_COMPLETE',
    );
    return back!.time.getTime();
  }

  /** When the first migration was reverted; the line is written at its end. */
  function timeOfRevert(): number {
    const reverted = migrationLines(scene.stack.invocations).find(({ message }) => message.startsWith('reverted'));
    return reverted!.time.getTime();
  }

  test('a migration that contracts and fails reverts itself under the new code, and the rest waits for the old code', async () => {
    const { stack } = await beginWithOld();
    const schema = await scene.schema();
    const failed = await stack.deploy(RELEASES.broken);
    expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(failed.reason).toContain('0005_broken.sql failed at step 2 of 2');
    expect([await scene.schema(), await scene.history()]).toEqual([schema, HISTORY]);
    expect(revertingRequests().at(-1)).toBe(`Delete of ${RELEASE_TYPE}`);
    expectNoHarm(8);
  });

  test('what contracts is reverted before the old code is back, where something after it fails', async () => {
    const { stack } = await beginWithOld();
    const schema = await scene.schema();
    const failed = await stack.deploy(RELEASES.contracting, { fail: { Afterwards: 'no room' } });
    expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
    expect([await scene.schema(), await scene.history()]).toEqual([schema, HISTORY]);
    expectNoHarm(8);
  });

  describe('an older release that is deployed on purpose', () => {
    const [NEW_HISTORY, lost] = [
      [...HISTORY, '0003_note applied 1/1', '0004_drop_nickname applied 1/1'],
      { hold: true },
    ];

    /** Deploys the old release under code of the new one, which has written a row. */
    async function expectRefusal(): Promise<void> {
      const { stack, database } = scene;
      await scene.sql(`INSERT INTO ${database}.note VALUES (1, 'live')`);
      const schema = await scene.schema();
      expect(await scene.history()).toEqual(NEW_HISTORY);

      const refused = await stack.deploy(RELEASES.old, { statusEvents: lost });
      expect(refused.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(refused.reason).toContain('the release lacks applied migrations 0004_drop_nickname, 0003_note');
      expect(refused.events.filter(({ logicalId }) => functions.includes(logicalId))).toEqual([]);
      expect([await scene.schema(), await scene.history()]).toEqual([schema, NEW_HISTORY]);
      expect(await scene.sql(`SELECT text FROM ${database}.note`)).toEqual([{ text: 'live' }]);
      expectNoHarm(10);
    }

    test('is refused, though no status of the stack was ever heard of: no live table is touched', async () => {
      const stack = begin();
      await stack.deploy(RELEASES.old, { statusEvents: lost });
      expect(await stack.deploy(RELEASES.contracting, { statusEvents: lost })).toMatchObject({
        status: 'UPDATE_COMPLETE',
      });
      await expectRefusal();
    });

    test('is refused where the end of its first life could not be written down', async () => {
      proxy = await DatabaseProxy.start(server);
      const environment = { DATABASE_PORT: String(proxy.port), CONNECT_SECONDS: '1' };
      const listener = ({ status }: StackEvent): void => {
        if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') proxy!.treatment = 'reset';
      };
      const stack = begin({ environment, listener });
      await stack.deploy(RELEASES.old, { statusEvents: lost });
      expect(await stack.deploy(RELEASES.contracting, { statusEvents: lost })).toMatchObject({
        status: 'UPDATE_COMPLETE',
      });
      expect(scene.said).toContain('the end of a release could not be written down');
      proxy.treatment = 'pass';
      const noted = await scene.sql(
        `SELECT endedAt FROM ${scene.database}.migration_deployment WHERE type = 'Release'`,
      );
      expect(noted).toEqual([{ endedAt: null }, { endedAt: null }]);
      await expectRefusal();
    });

    test('with onRemoved REVERT gets back what it needs before its code is live, and the rest goes when no other is', async () => {
      const stack = begin();
      await stack.deploy(RELEASES.old, { statusEvents: lost });
      const schema = await scene.schema();
      await stack.deploy(RELEASES.contracting, { statusEvents: lost });
      const result = await stack.deploy(RELEASES.reverting, { statusEvents: lost });
      expect(result.status).toBe('UPDATE_COMPLETE');
      expect([await scene.schema(), await scene.history()]).toEqual([schema, HISTORY]);
      const codes = result.events.filter(({ logicalId }) => functions.includes(logicalId));
      const reverted = migrationLines(stack.invocations).filter(({ message }) => message.startsWith('reverted'));
      expect(reverted.map(({ message }) => message.split(' ')[1])).toEqual(['0004_drop_nickname', '0003_note']);
      expect(reverted[0]!.time.getTime()).toBeLessThanOrEqual(codes[0]!.time.getTime());
      expect(reverted[1]!.time.getTime()).toBeGreaterThanOrEqual(codes.at(-1)!.time.getTime());
      expectNoHarm(12);
    });
  });

  test('the check sees a schema that is reverted before the code: a stack whose releases have no resource of their own', async () => {
    const stack = begin();
    await stack.deploy(withoutReleases(RELEASES.old));
    const failed = await stack.deploy(withoutReleases(RELEASES.expanding), { fail: { Worker: 'no room' } });
    expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
    expect(stack.liveCode.violations).toContainEqual(
      expect.stringMatching(/^at \d\d:\d\d:\d\d code of 0003_note in Worker met a schema without 0003_note$/),
    );
  });
});

/** The same template as it was before releases had resources: the application waits for the migrations themselves. */
function withoutReleases(file: string): string {
  const { Resources: all, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as TemplateBody;
  const isRelease = (id: string): boolean => all[id]?.Type === RELEASE_TYPE;
  const kept = Object.entries(all).filter(([id]) => !isRelease(id));
  const Resources = Object.fromEntries(
    kept.map(([id, { DependsOn: needs = [], ...resource }]) => [
      id,
      { ...resource, DependsOn: [needs].flat().filter((need) => !isRelease(need)) },
    ]),
  );
  const target = path.join(path.dirname(file), `without-releases-${path.basename(file)}`);
  writeFileSync(target, JSON.stringify({ ...rest, Resources }));
  return target;
}
