import type { Finding } from '../../../lambda/plan/check-history';
import type { Verification } from '../../../lambda/commands/verify';
import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { A, B_NOTES, B_PLAIN, C_INSTEAD, C_IRREVERSIBLE, digestOf, ReleaseStory } from './release-story';
import { Scene } from '../scene';

describe.each(servers())('on $name, a release that is rolled back once its application is', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  describe('and lacks what was there', () => {
    let before: unknown;
    const findings = async (): Promise<readonly Finding[]> =>
      ((await invoke(scene, C_INSTEAD, { command: 'verify' })) as Verification).findings;
    const found = async (): Promise<unknown> => [await scene.schema(), await scene.history()];
    beforeEach(async () => {
      await story.create(B_NOTES);
      before = await found();
      await story.update(B_NOTES, C_INSTEAD);
      expect(Object.keys(await scene.schema())).toEqual(['table notes', 'table orders', 'table other', 'table user']);
    });

    it('has it still where it is rolled back', async () => {
      await story.succeed(B_NOTES, scene.update(C_INSTEAD, B_NOTES), story.contract(C_INSTEAD, B_NOTES));
      expect(await story.owed()).toContain('Update applied FAIL');
      expect(await scene.answer(scene.ends(C_INSTEAD), B_NOTES)).toMatchObject({
        status: 'SUCCESS',
        data: { Reverted: '0005_other', Applied: '', Drift: '' },
      });
      expect(await found()).toEqual(before);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(B_NOTES)]]);
    });

    it('has it still where it is rolled back, of which no log says that it was applied', async () => {
      scene.logged.length = 0;
      await story.succeed(B_NOTES, scene.update(C_INSTEAD, B_NOTES), story.contract(C_INSTEAD, B_NOTES));
      await story.succeed(B_NOTES, scene.ends(C_INSTEAD));
      const lines = scene.logged.map(({ message }) => message);
      expect(lines.filter((line) => /migrat(?:ing|ed) |apply again/.test(line))).toEqual([]);
      expect(lines).toContainEqual(expect.stringMatching(/^planned: .*leave 0002_orders, 0003_notes/));
    });

    it('has it no longer once the release before has ended', async () => {
      expect(await findings()).toMatchObject([{ code: 'revert-owed' }, { code: 'revert-owed' }]);
      expect(await scene.answer(scene.ends(B_NOTES), C_INSTEAD)).toMatchObject({
        status: 'SUCCESS',
        data: { Reverted: '0003_notes, 0002_orders' },
      });
      expect(Object.keys(await scene.schema())).toEqual(['table other', 'table user']);
      expect(await scene.history()).toEqual(['0001_user applied', '0005_other applied']);
      expect(await findings()).toEqual([]);
    });

    it('has it no longer where the process dies that takes it away', async () => {
      const ends = scene.ends(B_NOTES);
      await expect(scene.run(ends, C_INSTEAD, dyingAt(scene, 'DROP TABLE notes', 'after'))).rejects.toThrow(
        ProcessDied,
      );
      await scene.unlocked();
      await story.succeed(C_INSTEAD, ends);
      expect(Object.keys(await scene.schema())).toEqual(['table other', 'table user']);
      expect(await scene.history()).toEqual(['0001_user applied', '0005_other applied']);
    });

    it('has it still where its down fails, which is not forgotten', async () => {
      await scene.sql('RENAME TABLE notes TO hidden');
      expect(await scene.answer(scene.ends(B_NOTES), C_INSTEAD)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining('[revert-failed]'),
      });
      expect(await findings()).toContainEqual(
        expect.objectContaining({ code: 'half-applied', migration: '0003_notes' }),
      );
      await scene.sql('RENAME TABLE hidden TO notes');
      await story.succeed(C_INSTEAD, scene.ends(B_NOTES));
      expect(await scene.history()).toEqual(['0001_user applied', '0005_other applied']);
    });
  });

  it('keeps what is irreversible, and what is below it', async () => {
    await story.create(A);
    await story.update(A, C_IRREVERSIBLE);
    await story.succeed(A, scene.update(C_IRREVERSIBLE, A), story.contract(C_IRREVERSIBLE, A));
    expect(await scene.history()).toEqual([
      ...['0001_user applied', '0002_orders applied'],
      ...['0003_other applied', '0004_notes applied'],
    ]);
    expect(await scene.answer(scene.ends(C_IRREVERSIBLE), A)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0004_notes', Kept: '0003_other, 0002_orders' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_orders kept', '0003_other kept']);
    expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
    await story.update(A, B_PLAIN, true);
  });
});
