import { servers } from '../../servers';
import { invoke } from '../by-hand';
import type { Intent } from '../../../lambda/plan/intent';
import { A, A_REVERTING, B_LOSSLESS, B_NOTES, B_PLAIN, C_EDITED } from '../releases/release-story';
import { TwoStacks } from './two-stacks';
import { release } from '../scene';

const REVERTING = release(
  { '0001_user': '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;' },
  { OnDelete: 'REVERT' },
);

describe.each(servers())('two stacks that share a database on $name', (server) => {
  const story = TwoStacks.ofEachTest(server);
  const { scene } = story;

  describe('and are updated at the same time', () => {
    beforeEach(async () => {
      await story.succeed(A, scene.create(A), scene.begins(A));
      await story.inOther(() => story.succeed(A, scene.create(A), scene.begins(A)));
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN));
      await story.inOther(() => story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN)));
      await story.succeed(A, scene.update(B_PLAIN, A));
    });

    it('keep what the one that rolls back had applied: it stays owed, and its next update takes it over', async () => {
      await story.inOther(() => story.succeed(B_PLAIN, scene.ends(A)));
      expect(await scene.answer(scene.ends(B_PLAIN), A)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringMatching(
          new RegExp(
            `0002_orders waits to be reverted .* since a release of Migrations of stack ${story.other} contains it, .*\\[revert-owed\\]`,
          ),
        ) as string,
      });
      expect(await story.tables()).toContain('table orders');
      expect(await story.owed()).toEqual(['Update applied FAIL']);
      expect(await invoke(scene, A, { command: 'verify' })).toMatchObject({ ok: false });

      await story.update(A, B_PLAIN, true);
      expect(await story.owed()).toEqual([]);
      expect(await scene.history()).toEqual(['0001_user applied', '0002_orders applied']);
    });

    it('revert it when the other one rolls back too, and CloudFormation tries again', async () => {
      await scene.answer(scene.ends(B_PLAIN), A);
      await story.inOther(async () => {
        await story.succeed(A, scene.update(B_PLAIN, A), scene.ends(B_PLAIN));
      });
      await story.succeed(A, scene.ends(B_PLAIN));
      expect([await story.tables(), await story.owed()]).toEqual([['table user'], []]);
    });
  });

  describe('of which one goes on from what the other one tries', () => {
    beforeEach(async () => {
      await story.succeed(A, scene.create(A), scene.begins(A));
      await scene.settle();
      await story.inOther(() => story.succeed(A, scene.create(A), scene.begins(A)));
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
    });
    const goOn = (): Promise<void> =>
      story.inOther(() => story.succeed(B_NOTES, scene.update(A, B_NOTES), scene.begins(B_NOTES), scene.ends(A)));

    it('keep what the later release has, though it is another one: it stays owed', async () => {
      await story.succeed(B_PLAIN, scene.begins(B_PLAIN));
      await goOn();
      await story.succeed(A, scene.update(B_PLAIN, A));
      const { status, reason } = await scene.answer(scene.ends(B_PLAIN), A);
      expect([status, reason]).toEqual([
        'FAILED',
        expect.stringMatching(`^0002_orders waits .* of stack ${story.other} `),
      ]);
      expect(reason).not.toContain('Correct the migration');
      expect(await story.tables()).toEqual(['table notes', 'table orders', 'table user']);
    });

    it('keep it until the code of the later release has surely gone', async () => {
      await story.succeed(B_PLAIN, scene.begins(B_PLAIN));
      await story.inOther(() => story.succeed(B_LOSSLESS, scene.update(A, B_LOSSLESS), scene.begins(B_LOSSLESS)));
      await story.inOther(() => story.succeed(A, scene.update(B_LOSSLESS, A)));
      await story.succeed(A, scene.update(B_PLAIN, A));
      expect(await scene.answer(scene.ends(B_PLAIN), A)).toMatchObject({ status: 'FAILED' });
      await story.inOther(() => story.succeed(A, scene.ends(B_LOSSLESS)));
      await story.succeed(A, scene.ends(B_PLAIN));
      expect(await story.tables()).toEqual(['table user']);
    });

    it('keep it also where the application of the one that goes back never began, and a person hears of it', async () => {
      await goOn();
      expect(await scene.updated(B_PLAIN, A)).toMatchObject({
        status: 'SUCCESS',
        reason: expect.stringMatching(`^0002_orders waits .* of stack ${story.other} .*\\[revert-owed\\]$`) as string,
        tally: { reverted: 0, hasMismatch: true },
      });
      expect(await story.tables()).toEqual(['table notes', 'table orders', 'table user']);
      expect(await story.owed()).toEqual(['Update applied FAIL']);
      expect(await invoke(scene, A, { command: 'verify' })).toMatchObject({ ok: false });
      // A release that has it under another text would need it reverted.
      const edited = await scene.updated(A, C_EDITED);
      expect(edited).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('[revert-owed]') as string });

      await story.succeed(B_NOTES, scene.update(A, B_NOTES), scene.begins(B_NOTES), scene.ends(A));
      expect([await story.owed(), await invoke(scene, B_NOTES, { command: 'verify' })]).toMatchObject([
        [],
        { ok: true },
      ]);
    });

    it('go back from the same one without drift, where the other one has gone back before', async () => {
      await story.inOther(() => story.succeed(B_NOTES, scene.update(A, B_NOTES)));
      await story.inOther(() => story.succeed(A, scene.update(B_NOTES, A)));
      expect(await scene.updated(B_PLAIN, A)).toMatchObject({ status: 'SUCCESS', data: { Drift: '' } });
      expect(await story.tables()).toEqual(['table user']);
    });

    it.each([
      ['update', (): Intent => scene.update(A, B_PLAIN)],
      ['update to a later release', (): Intent => scene.update(A, B_NOTES)],
    ])('refuse to begin where what an %s found was reverted since', async (_what, request) => {
      const { digest } = request().release;
      const to = digest === B_PLAIN.properties.Digest ? B_PLAIN : B_NOTES;
      await story.inOther(() => story.succeed(to, request()));
      await story.succeed(A, scene.update(B_PLAIN, A));
      await story.inOther(async () => {
        const { status, reason } = await scene.answer(scene.begins(to), to);
        expect([status, reason]).toEqual([
          'FAILED',
          expect.stringMatching(/^0002_orders is not in the schema any more: .*\[reverted-since\]$/),
        ]);
        await story.succeed(A, scene.update(to, A));
        expect(await invoke(scene, A, { command: 'verify' })).toEqual({ ok: true, findings: [] });
      });
      expect(await story.tables()).toEqual(['table user']);
    });
  });

  it('are created at the same time: what one had applied stays where its creation is rolled back', async () => {
    await story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING));
    await story.inOther(() => story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING)));
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    await story.succeed(REVERTING, scene.ends(REVERTING), scene.delete(REVERTING));
    expect(await story.tables()).toEqual(['table user']);
  });

  it('remove what only one of them ever had, as in a copy of the database of the other one', async () => {
    await story.succeed(A_REVERTING, scene.create(A_REVERTING), scene.begins(A_REVERTING));
    await scene.settle();
    const gone = scene.stackId;
    await story.inOther(async () => {
      await story.succeed(A_REVERTING, scene.create(A_REVERTING), scene.begins(A_REVERTING));
      await story.succeed(B_PLAIN, scene.update(A_REVERTING, B_PLAIN), scene.begins(B_PLAIN), scene.ends(A_REVERTING));
      await story.succeed(
        A_REVERTING,
        scene.update(B_PLAIN, A_REVERTING),
        scene.begins(A_REVERTING),
        scene.ends(B_PLAIN),
      );
      expect(await story.tables()).toEqual(['table user']);
      // What the other one may have, too, stays.
      const without = release({ '0005_other': 'CREATE TABLE other (id INT);' }, { OnRemoved: 'REVERT' });
      expect((await scene.updated(A_REVERTING, without)).reason).toContain(`of stack ${gone}`);
    });
  });

  it('keep it where one of them is deleted with onDelete REVERT', async () => {
    await story.inOther(() => story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING)));
    await story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING));
    await scene.settle();
    expect(await scene.answer(scene.ends(REVERTING), REVERTING)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.answer(scene.delete(REVERTING), REVERTING)).toMatchObject({
      status: 'SUCCESS',
      reason: expect.stringContaining('another construct may use it') as string,
    });
    expect(await story.tables()).toEqual(['table user']);
  });

  it.each([
    ['was there to stay', 'CREATE_COMPLETE'],
    ['was rolled back', 'ROLLBACK_IN_PROGRESS'],
  ])(
    'revert it where the last of them is deleted with onDelete REVERT, and the other one %s',
    async (_what, status) => {
      await story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING));
      await scene.settle();
      await story.inOther(async () => {
        await story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING));
        await scene.stackIs(status);
        await story.succeed(REVERTING, scene.ends(REVERTING), scene.delete(REVERTING));
      });
      expect(await story.tables()).toEqual(['table user']);
      await story.succeed(REVERTING, scene.ends(REVERTING), scene.delete(REVERTING));
      expect(await story.tables()).toEqual([]);
    },
  );

  it('say nothing of drift where a Delete finds nothing left to revert', async () => {
    await story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING));
    await scene.settle();
    expect(await invoke(scene, REVERTING, { command: 'down', steps: 1 })).toMatchObject({ reverted: ['0001_user'] });
    await story.succeed(REVERTING, scene.ends(REVERTING));
    expect(await scene.answer(scene.delete(REVERTING), REVERTING)).toMatchObject({
      reason: 'Nothing had to be reverted',
      tally: { hasMismatch: false },
    });
  });
});
