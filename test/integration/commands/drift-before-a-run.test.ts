import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { A, B_BOTH, B_LOSSLESS, ReleaseStory } from '../releases/release-story';
import { FIRST, NAME, ORDERS, release, Scene, SECOND, USER } from '../scene';

const LOG = '-- migrate:up\nCREATE TABLE log (id INT);\n-- migrate:down\nDROP TABLE log;';
const THIRD = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS, '0004_log': LOG });

describe.each(servers())('what was changed by hand on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const warned = (): readonly string[] =>
    scene.logged
      .filter(({ level, fields }) => level === 'warn' && fields['drift'] !== undefined)
      .map(({ message }) => message);
  const drift = async (): Promise<readonly string[]> => {
    const { findings } = (await invoke(scene, SECOND, { command: 'verify' })) as {
      findings: readonly { readonly code: string; readonly message: string }[];
    };
    return findings.filter(({ code }) => code === 'drift').map(({ message }) => message);
  };

  it('is said by the next run, which notes the schema anew', async () => {
    await scene.created(FIRST);
    await scene.updated(FIRST, SECOND);
    await scene.settle();
    expect(warned()).toEqual([]);

    await scene.sql('ALTER TABLE user ADD COLUMN phone INT');
    await scene.updated(SECOND, THIRD);
    expect(warned()).toEqual([
      expect.stringMatching(
        /^the schema is not what the last run \(Update 2\) left: table user is changed \(with `phone` int.*\)$/,
      ),
    ]);
    await invoke(scene, THIRD, { command: 'down', steps: 1 });
    await invoke(scene, THIRD, { command: 'up' });
    expect(warned()).toHaveLength(1);

    await invoke(scene, THIRD, { command: 'down', steps: 1 });
    await scene.sql('CREATE TABLE extra (id INT)');
    await invoke(scene, THIRD, { command: 'up' });
    expect(warned().slice(1)).toEqual([expect.stringMatching(/\(down \d+\) left: table extra is new$/)]);
  });

  it('is not what a run did that died, nor the one that goes on with it', async () => {
    await scene.created(FIRST);
    const update = scene.update(FIRST, SECOND);
    const dying = dyingAt(scene, /^UPDATE [^]*schemaAfterText/, 'before');
    await expect(scene.run(update, SECOND, dying)).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    expect(await drift()).toEqual([]);
    await scene.answer(update, SECOND);
    expect([await drift(), warned()]).toEqual([[], []]);
  });

  it.each([
    ['lossless', B_LOSSLESS],
    ['in part', B_BOTH],
  ])('is not what a rollback has reverted early, nor what then stays after all: %s', async (_how, b) => {
    const story = new ReleaseStory(scene);
    await story.create(A);
    await story.update(A, b);
    await story.succeed(A, scene.update(b, A));
    expect(await drift()).toEqual([]);
    expect(await scene.answer(scene.begins(A), A)).toMatchObject({ status: 'FAILED' });
    await story.succeed(b, scene.update(A, b));
    expect(await drift()).toEqual([]);
    await story.succeed(b, story.contract(A, b));
    expect([await drift(), warned()]).toEqual([[], []]);
  });
});
