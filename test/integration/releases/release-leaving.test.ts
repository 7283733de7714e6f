import type { FinalAnswer } from '../../../lambda/events/answer';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { ReleaseStory } from './release-story';
import { release, Scene } from '../scene';

const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id BIGINT PRIMARY KEY);\n-- migrate:down\nDROP TABLE ${name};`;
const USER = {
  '0001_user': `-- migrate:up
CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE, phone VARCHAR(50) NULL,
  nick VARCHAR(50) NULL);
-- migrate:down
DROP TABLE user;`,
};
const NO_NICK = {
  '0005_no_nick': `-- migrate:phase contract
-- migrate:up
ALTER TABLE user DROP COLUMN nick;
-- migrate:down
ALTER TABLE user ADD COLUMN nick VARCHAR(50) NULL;`,
};
const TWO = { '0002_two': table('two') };
const THREE = { '0003_three': table('three') };
const REVERT = { OnRemoved: 'REVERT' } as const;

const A = release({ ...USER, ...TWO });
const A_REVERTING = release({ ...USER, ...TWO }, REVERT);
/** Lacks what A has. */
const B_INSTEAD = release({ ...USER, ...THREE }, REVERT);
/** The same release, which does not want to lose anything. */
const B_KEEPING = release({ ...USER, ...THREE });
/** Has more than A. */
const B_MORE = release({ ...USER, ...TWO, ...THREE });
/** Lacks what that one has. */
const C_INSTEAD = release({ ...USER, ...TWO, '0004_four': table('four') }, REVERT);

describe.each(servers())('on $name, what waits to be reverted', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);
  const tables = async (): Promise<readonly string[]> => Object.keys(await scene.schema());
  beforeEach(async () => {
    await story.create(A);
    await scene.settle();
  });

  it('waits no more where the release that lacked it was to be rolled back: the next one says itself what becomes of it', async () => {
    await story.update(A, B_MORE, true);
    await scene.settle();
    await story.succeed(A_REVERTING, scene.update(B_MORE, A_REVERTING), scene.begins(A_REVERTING));
    // The end of its release is lost.
    await story.succeed(B_MORE, scene.update(A_REVERTING, B_MORE));
    expect(await story.owed()).toEqual(['Update applied FAIL']);
    expect(await scene.updated(B_MORE, A)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('[removed-migration]') as string,
    });
    await story.succeed(B_MORE, scene.update(A, B_MORE));
    expect(await tables()).toContain('table three');

    await story.update(B_MORE, A_REVERTING, true);
    expect(await tables()).toEqual(['table two', 'table user']);
  });

  it('stays where its remover failed and stayed (--no-rollback), and the next try has onRemoved FAIL: it names it', async () => {
    await story.succeed(B_INSTEAD, scene.update(A, B_INSTEAD), scene.begins(B_INSTEAD));
    expect(await scene.updated(B_INSTEAD, B_KEEPING)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/lacks applied migration 0002_two.*\[removed-migration\]/) as string,
    });
    const put = release({ ...USER, ...TWO, ...THREE });
    await story.succeed(put, scene.update(B_KEEPING, put), scene.begins(put), scene.ends(A), scene.ends(B_INSTEAD));
    expect(await tables()).toEqual(['table three', 'table two', 'table user']);
  });

  it('may be hard to revert, and the release that lacks it is there to stay: going back is no rollback', async () => {
    await story.update(A, B_INSTEAD);
    await scene.sql('RENAME TABLE two TO hidden');
    expect(await scene.answer(scene.ends(A), B_INSTEAD)).toMatchObject({ status: 'FAILED' });
    await scene.sql('RENAME TABLE hidden TO two');
    // No status of the stack was heard.
    expect(await scene.updated(B_INSTEAD, A)).toMatchObject({ status: 'FAILED' });
    expect(await tables()).toContain('table three');
  });

  it('may have been applied by hand: it is in use as long as its release stands', async () => {
    await invoke(scene, A, { command: 'down', steps: 1 });
    await invoke(scene, A, { command: 'up' });
    await story.succeed(B_INSTEAD, scene.update(A, B_INSTEAD));
    expect(await tables()).toContain('table two');
    await story.succeed(B_INSTEAD, scene.begins(B_INSTEAD), scene.ends(A));
    expect(await tables()).toEqual(['table three', 'table user']);
  });

  describe('since a release lacks what a live one has, both without rollback', () => {
    const atA = async (): Promise<unknown> => [await tables(), await scene.history(), await story.owed()];
    const isAtA = [['table two', 'table user'], ['0001_user applied', '0002_two applied'], []];
    beforeEach(async () => {
      await story.succeed(B_MORE, scene.update(A, B_MORE), scene.begins(B_MORE));
      await scene.sql('INSERT INTO three VALUES (1)');
      await story.succeed(C_INSTEAD, scene.update(B_MORE, C_INSTEAD));
    });

    it.each([
      ['newer', C_INSTEAD],
      ['older', A],
    ])('stays until that one ends, where only that one was live: by the %s code', async (_name, code) => {
      await story.succeed(code, scene.update(C_INSTEAD, A));
      expect(await scene.sql('SELECT id FROM three')).toHaveLength(1);
      expect(await tables()).not.toContain('table four');
      await story.succeed(A, scene.ends(B_MORE));
      expect(await atA()).toEqual(isAtA);
    });

    it.each([
      ['newer', C_INSTEAD, B_MORE],
      ['older', B_MORE, C_INSTEAD],
    ])('stays where both were live, of which the %s ends first', async (_name, first, last) => {
      await story.succeed(C_INSTEAD, scene.begins(C_INSTEAD));
      await story.succeed(A, scene.update(C_INSTEAD, A));
      expect(await scene.sql('SELECT id FROM three')).toHaveLength(1);
      await story.succeed(A, scene.ends(first), scene.ends(last));
      expect(await atA()).toEqual(isAtA);
    });
  });

  it('is not reverted where another stack, which took it over, may use it', async () => {
    const { stackId } = scene;
    scene.renew();
    await story.succeed(A, scene.create(A), scene.begins(A));
    const other = scene.stackId;
    scene.stackId = stackId;
    const update = (): Promise<FinalAnswer> => scene.updated(A, B_INSTEAD);
    expect(await update()).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(new RegExp(`0002_two, which Migrations of stack ${other} may use`)) as string,
    });
    expect(await tables()).toContain('table two');

    scene.stackId = other;
    await story.succeed(A, scene.ends(A));
    scene.stackId = stackId;
    expect(await update()).toMatchObject({ status: 'SUCCESS' });
  });

  it('counts for nothing where as much is pending: the second resource contracts all the same', async () => {
    const B = release({ ...USER, ...NO_NICK }, REVERT);
    await story.update(A, B);
    expect(await story.columns()).toEqual(['id', 'email', 'phone']);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_two applied', '0005_no_nick applied']);
  });
});
