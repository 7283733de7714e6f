import { servers } from '../../servers';
import { commandIn, invoke } from '../by-hand';
import { A, B_LOSSLESS, B_NOTES, ReleaseStory } from './release-story';
import { Scene } from '../scene';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);
  beforeEach(async () => {
    await story.create(A);
  });

  const refusedFor = (message: string): object => ({
    kind: 'refused',
    failure: { code: 'revert-owed', message: expect.stringContaining(message) as string },
  });

  it('what waits for the end of its release is told, and keeps up and down from running', async () => {
    await story.update(A, B_LOSSLESS);
    await story.succeed(A, scene.update(B_LOSSLESS, A));
    const schema = await scene.schema();
    const waits =
      'the newest deployment was rolled back, and what it applied waits to be reverted. It is reverted when CloudFormation';
    for (const code of [A, B_LOSSLESS]) {
      expect(await invoke(scene, code, { command: 'status' })).toMatchObject({ deployment: { isOwed: true } });
      expect(await invoke(scene, code, { command: 'verify' })).toMatchObject({
        ok: false,
        findings: expect.arrayContaining([
          { code: 'revert-owed', message: expect.stringContaining(waits) as string },
        ]) as unknown,
      });
      expect(await invoke(scene, code, { command: 'up' })).toMatchObject(refusedFor(waits));
      expect(await invoke(scene, code, { command: 'down', to: '0001_user' })).toMatchObject(refusedFor(waits));
    }
    expect(await scene.schema()).toEqual(schema);

    await story.succeed(A, story.contract(B_LOSSLESS, A), scene.ends(B_LOSSLESS));
    expect(await invoke(scene, A, { command: 'status' })).toMatchObject({ deployment: { isOwed: false } });
    expect(await invoke(scene, A, { command: 'verify' })).toEqual({ ok: true, findings: [] });
    expect(await invoke(scene, A, { command: 'up' })).toMatchObject({ kind: 'applied', applied: [] });
  });

  it('what up has put back by hand is reverted with its release, and not before its code is gone', async () => {
    const before = await scene.schema();
    await story.update(A, B_NOTES);
    expect(await invoke(scene, B_NOTES, { command: 'down', steps: 1 })).toMatchObject({ kind: 'reverted' });
    expect(await invoke(scene, B_NOTES, { command: 'up' })).toMatchObject({ kind: 'applied' });
    const live = await scene.schema();

    await story.succeed(A, scene.update(B_NOTES, A), story.contract(B_NOTES, A));
    expect(await scene.schema()).toEqual(live);
    await story.succeed(A, scene.ends(B_NOTES));
    expect(await scene.schema()).toEqual(before);
    expect(await invoke(scene, A, { command: 'verify' })).toEqual({ ok: true, findings: [] });
  });

  it('what was there before a deployment that may be rolled back is not reverted by hand', async () => {
    await scene.stackIs('CREATE_COMPLETE');
    await story.update(A, B_NOTES);
    const live = await scene.schema();
    expect(await invoke(scene, B_NOTES, { command: 'down', steps: 99 })).toMatchObject({ kind: 'refused' });
    const rows = (await scene.history()).length;
    expect(await invoke(scene, B_NOTES, { command: 'down', steps: rows })).toMatchObject({
      kind: 'refused',
      failure: {
        code: 'out-of-order',
        message: expect.stringMatching(/^0001_user.* there before .* may still be rolled back/) as string,
      },
    });
    expect(await scene.schema()).toEqual(live);

    await scene.stackIs('UPDATE_COMPLETE');
    expect(await invoke(scene, B_NOTES, { command: 'down', steps: rows })).toMatchObject({ kind: 'reverted' });
  });

  describe('what could not be reverted when its release ended', () => {
    beforeEach(async () => {
      await story.update(A, B_NOTES);
      await story.succeed(A, scene.update(B_NOTES, A), story.contract(B_NOTES, A));
      await scene.sql('CREATE TABLE mine (id BIGINT, FOREIGN KEY (id) REFERENCES notes (id))');
      expect(await scene.answer(scene.ends(B_NOTES), A)).toMatchObject({ status: 'FAILED' });
      await scene.sql('DROP TABLE mine');
    });

    it('is told with the reason, and keeps up and down from running', async () => {
      expect(await invoke(scene, A, { command: 'status' })).toMatchObject({
        deployment: {
          isOwed: true,
          status: 'failed',
          error: expect.stringContaining('reverting 0003_notes') as string,
        },
      });
      const why = 'waits to be reverted (reverting 0003_notes failed at down step 1 of 1 (line 4): ';
      expect(await invoke(scene, A, { command: 'verify' })).toMatchObject({
        findings: expect.arrayContaining([
          { code: 'revert-owed', message: expect.stringContaining(why) as string },
        ]) as unknown,
      });
      expect(await invoke(scene, A, { command: 'up' })).toMatchObject(refusedFor(why));
      expect(await invoke(scene, A, { command: 'down', to: '0001_user' })).toMatchObject(refusedFor(why));
    });

    it('is over once all of it was reverted by hand and that was said, as it tells', async () => {
      const { findings } = (await invoke(scene, A, { command: 'verify' })) as {
        readonly findings: readonly { readonly code: string; readonly message: string }[];
      };
      const told = findings.find(({ code }) => code === 'revert-owed')?.message;
      const command = commandIn(told);
      for (const name of ['notes', 'orders']) {
        await scene.sql(`DROP TABLE ${name}`);
        const migration = name === 'notes' ? '0003_notes' : '0002_orders';
        expect(await invoke(scene, A, { ...command, migration, is: 'reverted' })).toMatchObject({ kind: 'repaired' });
      }
      expect(await story.owed()).toEqual([]);
      expect(await invoke(scene, A, { command: 'status' })).toMatchObject({ deployment: { isOwed: false } });
      expect(await invoke(scene, A, { command: 'verify' })).toEqual({ ok: true, findings: [] });
      expect(await invoke(scene, A, { command: 'up' })).toMatchObject({ kind: 'applied', applied: [] });
      await story.update(A, B_NOTES, true);
    });
  });
});
