import { runCommand } from '../../../lambda/commands/run-command';
import type { Snapshots, SnapshotState } from '../../../lambda/ports';
import { servers } from '../../servers';
import { FIRST, PHYSICAL_ID, Scene, SECOND } from '../scene';

/** Snapshots that are kept in memory: what each call gives is up to the test. */
class PaperSnapshots implements Snapshots {
  readonly when = 'ALWAYS';
  readonly taken: string[] = [];
  /** What looking gives, once a snapshot was taken. */
  state: SnapshotState = { kind: 'available' };
  onLook: () => Promise<unknown> = () => Promise.resolve();

  async look(name: string): Promise<SnapshotState> {
    await this.onLook();
    return this.taken.includes(name) ? this.state : { kind: 'absent' };
  }

  async take(name: string): Promise<SnapshotState> {
    this.taken.push(name);
    return { kind: 'creating' };
  }
}

/** A clock that does not wait. */
function impatient() {
  let slept = 0;
  return {
    now: () => Date.now() + slept,
    remaining: () => 60_000 - slept,
    sleep: async (ms: number) => void (slept += ms),
  };
}

describe.each(servers())('a snapshot before migrating on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  let snapshots: PaperSnapshots;
  beforeEach(async () => {
    snapshots = new PaperSnapshots();
  });

  it('is there before anything is written, and nobody is kept from the database meanwhile', async () => {
    await scene.created(FIRST);
    const before = { history: await scene.history(), deployments: await scene.deployments() };
    const seen: unknown[] = [];
    snapshots.onLook = async () => {
      seen.push({ history: await scene.history(), deployments: await scene.deployments() });
      // The server notices a moment late that the function has left; had it stayed, this would wait for ever.
      await scene.until(async () => (await scene.sessions()).length === 0);
    };
    const answer = await scene.updated(FIRST, SECOND, { snapshots, clock: impatient() });

    expect(answer.status).toBe('SUCCESS');
    expect(snapshots.taken).toEqual([expect.stringMatching(/^aurora-migrations-0003-orders-[0-9a-f]{16}$/)]);
    expect(seen).toEqual([before, before]);
    expect(await scene.history()).toHaveLength(3);
  });

  it('is not taken where nothing is to be applied, nor for a rollback', async () => {
    await scene.created(FIRST);
    await scene.updated(FIRST, SECOND);
    await scene.updated(SECOND, FIRST, { snapshots });
    expect(await scene.history()).toHaveLength(1);
    await scene.updated(FIRST, FIRST, { snapshots });
    expect(snapshots.taken).toEqual([]);
  });

  it('that is not there in time is waited for by the next attempt, which takes no other; the last one answers FAILED', async () => {
    await scene.created(FIRST);
    const intent = scene.update(FIRST, SECOND);
    snapshots.state = { kind: 'creating' };
    expect(await scene.run(intent, SECOND, { snapshots, clock: impatient() })).toEqual({
      kind: 'go-on',
      reason: expect.stringContaining('[no-snapshot]'),
    });
    const last = await scene.answer(intent, SECOND, {
      snapshots,
      clock: impatient(),
      attempt: { isFirst: false, isLast: true, isLastThoughLong: true },
    });
    expect(last).toMatchObject({ status: 'FAILED', physicalId: PHYSICAL_ID });
    expect(last.reason).toMatch(/it is being taken, after \d+ s; no migration was run.*\[no-snapshot\]/);
    expect(await scene.deployments()).toEqual(['Create applied']);

    // Had it come, the attempt would have gone on.
    snapshots.state = { kind: 'available' };
    expect(await scene.answer(intent, SECOND, { snapshots })).toMatchObject({ status: 'SUCCESS' });
    expect(snapshots.taken).toHaveLength(1);
  });

  it('that fails is answered FAILED at once, and the rollback finds the release that stands', async () => {
    await scene.created(FIRST);
    snapshots.state = { kind: 'failed', problem: 'RDS says that it is failed' };
    const failed = await scene.updated(FIRST, SECOND, { snapshots, clock: impatient() });
    expect(failed).toMatchObject({ status: 'FAILED' });
    expect(failed.reason).toContain('RDS says that it is failed; no migration was run');
    const back = await scene.answer(scene.update(SECOND, FIRST), SECOND, { snapshots });
    expect(back).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('a request that became stale while it waited migrates nothing', async () => {
    await scene.created(FIRST);
    const forward = scene.update(FIRST, SECOND);
    const back = scene.update(SECOND, FIRST);
    snapshots.onLook = async () => {
      snapshots.onLook = () => Promise.resolve();
      await scene.answer(back, SECOND);
    };
    expect(await scene.run(forward, SECOND, { snapshots, clock: impatient() })).toMatchObject({ kind: 'silent' });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('is taken before `up` by hand too, and without it nothing is run', async () => {
    await scene.created(FIRST);
    await runCommand({ kind: 'down', until: { kind: 'steps', steps: 1 } }, scene.ports(FIRST), 'r');
    const world = { ...scene.ports(FIRST), snapshots, clock: impatient() };
    snapshots.state = { kind: 'failed', problem: 'no' };
    expect(await runCommand({ kind: 'up' }, world, 'one')).toMatchObject({
      kind: 'refused',
      failure: { code: 'no-snapshot' },
    });
    expect(await scene.schema()).toEqual({});
    snapshots.state = { kind: 'available' };
    expect(await runCommand({ kind: 'up' }, { ...world, clock: impatient() }, 'two')).toMatchObject({
      kind: 'applied',
    });
    expect(new Set(snapshots.taken).size).toBe(2);
  });
});
