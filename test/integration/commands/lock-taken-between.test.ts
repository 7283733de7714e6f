import { lockName } from '../../../lambda/session/lock';
import type { World } from '../../../lambda/world';
import { migration } from '../../rules/dying-process';
import { servers } from '../../servers';
import { hastyClock, invoke } from '../by-hand';
import { release, Scene } from '../scene';

/** Leaves a temporary table in its session, so that what comes next has another one. */
const LEAVING = 'CREATE TEMPORARY TABLE spoilt (id INT)';
const CODE = release({
  '0001_one': migration(`CREATE TABLE one (id INT PRIMARY KEY); ${LEAVING}`, `DROP TABLE one; ${LEAVING}`),
  '0002_two': migration(`CREATE TABLE two (id INT PRIMARY KEY); ${LEAVING}`, `DROP TABLE two; ${LEAVING}`),
});

describe.each(servers())('where another takes the lock between two sessions of a run, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  /** From its second session on, a run finds the lock taken. */
  const taken = (): Partial<World> => {
    const { connect } = scene.ports(CODE);
    let connections = 0;
    return {
      clock: hastyClock(),
      connect: async () => {
        connections += 1;
        if (connections === 2) {
          await scene.unlocked();
          await scene.session().database.query(`SELECT GET_LOCK('${lockName(scene.name)}', 10)`);
        }
        return connect();
      },
    };
  };

  test('up says what it has applied, and its deployment has ended', async () => {
    expect(await invoke(scene, CODE, { command: 'up' }, taken())).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(
        /^connection \d+ .* holds the lock .*; nothing more was run \[lock-not-free\]\. Before it, 1 migration applied \(0001_one\)$/,
      ),
    });
    expect(await scene.history()).toEqual(['0001_one applied']);
    expect(await scene.deployments()).toEqual(['up failed']);
  });

  test('down says what it has reverted', async () => {
    expect(await invoke(scene, CODE, { command: 'up' })).toMatchObject({ kind: 'applied' });
    await scene.unlocked();
    expect(await invoke(scene, CODE, { command: 'down', steps: 2 }, taken())).toEqual({
      kind: 'failed',
      reverted: ['0002_two'],
      reason: expect.stringMatching(
        /; nothing more was run \[lock-not-free\]\. Before it, 1 migration reverted \(0002_two\)$/,
      ),
    });
    expect(await scene.history()).toEqual(['0001_one applied']);
  });

  test('a request of CloudFormation says so, too', async () => {
    const answer = await scene.created(CODE, {
      ...taken(),
      clock: { ...hastyClock(), remaining: () => 12_000 },
      attempt: { isFirst: true, isLast: true, isLastThoughLong: true },
    });
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(answer.reason).toMatch(/nothing more was run\. Wait .* \[lock-not-free\]\. Before it, 1 migration applied/);
  });
});
