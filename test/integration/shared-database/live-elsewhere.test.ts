import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { release, type Release } from '../scene';
import { TwoStacks } from './two-stacks';

const FIRST = { '0001_a': '-- migrate:up\nCREATE TABLE a (id INT);\n-- migrate:down\nDROP TABLE a;' };
const SECOND = {
  ...FIRST,
  '0002_b':
    '-- migrate:up\nCREATE TABLE b (id INT);\nINSERT INTO b VALUES (1);\nALTER TABLE b ADD x INT;\n-- migrate:down\nDROP TABLE b;',
};
const THIRD = {
  ...SECOND,
  '0003_c':
    '-- migrate:up\nCREATE TABLE c (id INT);\nINSERT INTO c VALUES (1);\nCREATE TABLE d (id INT);\n-- migrate:down\nDROP TABLE d;\nDROP TABLE c;',
};
const A = release(FIRST);
const B = release(SECOND);
const C = release(THIRD);
const C_FAILING = release({ ...THIRD, '0003_c': THIRD['0003_c'].replace('CREATE TABLE d', 'CREATE TABLE nowhere.d') });

describe.each(servers())('what live code of another stack has on $name', (server) => {
  const story = TwoStacks.ofEachTest(server);
  const { scene } = story;

  async function goLive(from: Release, to: Release): Promise<void> {
    await story.succeed(to, scene.update(from, to), scene.begins(to));
    await scene.stackIs('UPDATE_COMPLETE');
    await story.succeed(to, scene.ends(from));
  }
  const AB = ['table a', 'table b'];

  it('is not reverted by a rollback, where the other deployment took two attempts and began earlier', async () => {
    await story.bothAt(A);
    const long = scene.update(A, C);
    await expect(scene.run(long, C, dyingAt(scene, 'INSERT INTO b', 'before'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    await story.inOther(() => story.succeed(B, scene.update(A, B)));
    await story.succeed(C, long, scene.begins(C));
    await story.inOther(async () => {
      expect(await scene.updated(B, A)).toMatchObject({
        status: 'SUCCESS',
        reason: expect.stringMatching(
          `^0002_b waits to be reverted and is not, since a release of Migrations of stack ${story.own} contains it, `,
        ) as string,
      });
    });
    expect(await story.tables()).toEqual([...AB, 'table c', 'table d']);
  });

  it('is not reverted by a run that fails in its second attempt, nor is what this one has done kept', async () => {
    await story.bothAt(A);
    const long = scene.update(A, C_FAILING);
    // The time runs out in 0002_b.
    let remaining = 60_000;
    const session = scene.session();
    const connect = scene.connectingTo(session, {
      write: (sent) => {
        if (sent.startsWith('ALTER TABLE b')) remaining = 8_000;
        return session.database.write(sent);
      },
    });
    const clock = { ...scene.ports(A).clock, remaining: () => remaining };
    const attempt = { isFirst: true, isLast: false, isLastThoughLong: false };
    expect(await scene.run(long, C_FAILING, { connect, clock, attempt })).toMatchObject({ kind: 'go-on' });
    session.close();
    await scene.unlocked();
    await story.inOther(() => goLive(A, B));
    const { status, reason } = await scene.answer(long, C_FAILING);
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(
        /^0003_c\.sql failed at step 3 .*0002_b waits .* Before it, 1 migration reverted \(0003_c\)/s,
      ),
    ]);
    expect(await story.tables()).toEqual(AB);
    await story.succeed(A, scene.update(C_FAILING, A));
    expect(await story.tables()).toEqual(AB);
  });

  it('is not what a release removes that found nobody who uses it: it is asked again at the end', async () => {
    const [from, to] = [release(SECOND, { OnRemoved: 'REVERT' }), release(FIRST, { OnRemoved: 'REVERT' })];
    await story.createAt(A);
    await story.inOther(() => story.createAt(from));
    await story.succeed(B, scene.update(A, B));
    await story.inOther(() => story.succeed(to, scene.update(from, to)));
    await story.succeed(B, scene.begins(B));
    await story.inOther(async () => {
      await story.succeed(to, scene.begins(to));
      expect((await scene.answer(scene.ends(from), to)).reason).toBe(
        'what was deployed in its place is there to stay; 0002_b stays too, since code of another construct may use it',
      );
    });
    expect(await story.tables()).toEqual(AB);
  });

  it('is not removed where it was reverted and applied again by hand', async () => {
    const [from, to] = [release(SECOND, { OnRemoved: 'REVERT' }), release(FIRST, { OnRemoved: 'REVERT' })];
    await story.bothAt(from);
    expect(await invoke(scene, from, { command: 'down', steps: 1 })).toMatchObject({ reverted: ['0002_b'] });
    expect(await invoke(scene, from, { command: 'up' })).toMatchObject({ applied: ['0002_b'] });
    expect((await scene.updated(from, to)).reason).toContain(`of stack ${story.other} may use`);
    expect(await story.tables()).toEqual(AB);
  });

  it('stays where a stack with more is deleted with onDelete REVERT, and the last one reverts it', async () => {
    const [less, more] = [release(FIRST, { OnDelete: 'REVERT' }), release(SECOND, { OnDelete: 'REVERT' })];
    await story.createAt(less);
    await story.inOther(async () => {
      await story.createAt(more);
      await story.succeed(more, scene.ends(more));
      expect((await scene.answer(scene.delete(more), more)).reason).toBe(
        '1 migration reverted (0002_b); the rest of the schema stays as it is: another construct may use it',
      );
    });
    expect(await story.tables()).toEqual(['table a']);
    await story.succeed(less, scene.ends(less), scene.delete(less));
    expect(await story.tables()).toEqual([]);
  });

  it('is waited for, where it is half of a migration: its deployment goes on in a minute', async () => {
    await story.bothAt(A);
    const long = scene.update(A, C);
    await expect(scene.run(long, C, dyingAt(scene, 'INSERT INTO c', 'before'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    await story.inOther(async () => {
      expect(await scene.run(scene.update(A, B), B)).toMatchObject({
        kind: 'try-again',
        reason: expect.stringMatching(`^0003_c is half applied by Migrations of stack ${story.own}, `) as string,
      });
      await story.succeed(A, scene.update(B, A));
    });
    await story.succeed(C, long);
    expect(await story.tables()).toEqual([...AB, 'table c', 'table d']);
  });
});
