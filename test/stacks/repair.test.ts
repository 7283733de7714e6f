import { stackServers } from '../servers';
import { commandIn } from '../integration/by-hand';
import { USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import type { StackScene } from './stack-scene';
import { pause, StackScenes } from './stack-scene';

/** Nothing shows whether its second step was done: the table is as before. */
const CLEARED = {
  '0002_clear.sql': `-- migrate:up
CREATE TABLE audit (id INT NOT NULL PRIMARY KEY);
TRUNCATE TABLE user;
CREATE TABLE later (id INT NOT NULL PRIMARY KEY);
-- migrate:down
DROP TABLE later;
DROP TABLE audit;
`,
};

/** The same of the first step of its down. */
const CLEARED_BACK = {
  '0002_mark.sql': `-- migrate:up
CREATE TABLE mark (id INT NOT NULL PRIMARY KEY);
-- migrate:down
TRUNCATE TABLE user;
DROP TABLE mark;
`,
};

/** Fails after it has changed the schema. */
const HALF_WAY = {
  '0002_half.js': `export async function up({ query }) {
  await query('CREATE TABLE half (id INT)');
  throw new Error('on purpose');
}
export async function down({ query }) {
  await query('DROP TABLE half');
  await query('DROP TABLE other_half');
}
`,
};

const MARK = {
  '0002_mark.sql': '-- migrate:up\nCREATE TABLE mark (id INT);\n-- migrate:down\nDROP TABLE mark;\n',
};

const MORE = {
  '0003_more.sql': '-- migrate:up\nCREATE TABLE more (id INT);\n-- migrate:down\nDROP TABLE more;\n',
};

const EDITED = { '0001_user.sql': `-- Users.\n${USER['0001_user.sql']}` };

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  cleared: { migrations: { ...USER, ...CLEARED } },
  clearedAndMore: { migrations: { ...USER, ...CLEARED, ...MORE } },
  clearedBack: { migrations: { ...USER, ...CLEARED_BACK } },
  halfWay: { migrations: { ...USER, ...HALF_WAY } },
  marked: { migrations: { ...USER, ...MARK }, application: '2' },
  edited: { migrations: { ...EDITED, ...MARK } },
});
const BEFORE = ['0001_user applied 2/2'];

describe.each(stackServers())('the command repair on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);
  let scene: StackScene;
  beforeEach(async () => {
    scene = scenes.begin();
    await scene.stack.deploy(RELEASES.first);
  });

  const invoke = async (event: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const { outcome } = await scene.stack.invoke('Migrations', event);
    if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
    return outcome.payload as Readonly<Record<string, unknown>>;
  };

  /** Kills the function while its TRUNCATE waits; then that goes on, or is ended too. */
  const dieInTruncate = async (work: Promise<unknown>, isDone: boolean): Promise<void> => {
    await scene.running('TRUNCATE');
    // Sent by now, and waited for below: on a busy machine what is waited for may be over before the answer comes.
    const crashed = scene.stack.function('Migrations').crash();
    const waiting = async () =>
      (await scene.sql('SHOW FULL PROCESSLIST')).find(
        ({ db, Info }) => db === scene.database && String(Info).startsWith('TRUNCATE'),
      );
    if (!isDone) {
      await scene.sql(`KILL ${(await waiting())!['Id']}`);
      while ((await waiting()) !== undefined) await pause();
    }
    await scene.sql('COMMIT');
    await crashed;
    await work;
  };

  const holdUsers = async (): Promise<void> => {
    await scene.sql('START TRANSACTION');
    await scene.sql(`SELECT * FROM ${scene.database}.user`);
  };

  const users = async (): Promise<number> => (await scene.sql(`SELECT id FROM ${scene.database}.user`)).length;

  const lastReason = (): string => {
    const outcome = scene.stack.calls.at(-1)?.outcome;
    if (outcome?.kind !== 'failed') throw new Error(`no failure: ${JSON.stringify(outcome)}`);
    return outcome.reason;
  };

  test.each([
    { is: 'done', users: 0 },
    { is: 'not-done', users: 1 },
  ])('says that a step was $is, and the rollback goes on from there', async ({ is, users: left }) => {
    const schema = await scene.schema();
    await holdUsers();
    const update = scene.stack.deploy(RELEASES.cleared);
    await dieInTruncate(update, is === 'done');
    expect(await update).toMatchObject({ status: 'UPDATE_ROLLBACK_FAILED' });
    expect(await users()).toBe(left);
    expect(lastReason()).toContain('nothing shows whether step 2 of its up (line 3) was done');
    expect(await scene.stack.continueUpdateRollback()).toMatchObject({ status: 'UPDATE_ROLLBACK_FAILED' });

    const command = commandIn(lastReason());
    expect(command).toEqual({ command: 'repair', migration: '0002_clear', step: 2, is: 'done' });
    expect(await invoke({ ...command, step: 1 })).toMatchObject({ kind: 'refused', failure: { code: 'bad-request' } });
    expect(await invoke({ ...command, is })).toMatchObject({
      kind: 'repaired',
      state: 'applying',
      stepsDone: is === 'done' ? 2 : 1,
    });
    expect(await scene.stack.continueUpdateRollback()).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await scene.history()).toEqual(BEFORE);
    expect(await scene.schema()).toEqual(schema);
    await scene.unlocked();
    expect(await invoke({ command: 'verify' })).toEqual({ ok: true, findings: [] });
  });

  test('says what became of a step, and the next deployment goes on without a rollback', async () => {
    await holdUsers();
    const update = scene.stack.deploy(RELEASES.cleared, { rollback: false });
    await dieInTruncate(update, true);
    expect(await update).toMatchObject({ status: 'UPDATE_FAILED' });
    await invoke(commandIn(lastReason()));
    expect(await scene.stack.deploy(RELEASES.clearedAndMore)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(await scene.history()).toEqual([...BEFORE, '0002_clear applied 3/3', '0003_more applied 1/1']);
    expect(await scene.tables()).toEqual(['audit', 'later', 'migration', 'migration_deployment', 'more', 'user']);
  });

  test('says what became of a step of a down, and down and up go on', async () => {
    await scene.stack.deploy(RELEASES.clearedBack);
    await holdUsers();
    const down = scene.stack.invoke('Migrations', { command: 'down', to: '0001_user' });
    await dieInTruncate(down, true);
    const failed = await invoke({ command: 'down', to: '0001_user' });
    expect(failed).toMatchObject({ kind: 'failed', reverted: [] });
    const command = commandIn(String(failed['reason']));
    expect(command).toEqual({ command: 'repair', migration: '0002_mark', step: 1, is: 'done' });
    expect(await invoke(command)).toMatchObject({ kind: 'repaired', state: 'reverting' });

    expect(await invoke({ command: 'down', to: '0001_user' })).toEqual({
      kind: 'reverted',
      reverted: ['0002_mark'],
      drift: null,
    });
    expect(await scene.tables()).toEqual(['migration', 'migration_deployment', 'user']);
    expect(await invoke({ command: 'up' })).toMatchObject({ kind: 'applied', applied: ['0002_mark'] });
  });

  test('says that a half-applied JavaScript migration was reverted by hand', async () => {
    const schema = await scene.schema();
    expect(await scene.stack.deploy(RELEASES.halfWay)).toMatchObject({ status: 'UPDATE_ROLLBACK_FAILED' });
    const command = commandIn(lastReason());
    expect(command).toEqual({ command: 'repair', migration: '0002_half', is: 'reverted' });
    expect(await invoke({ ...command, step: 1, is: 'done' })).toMatchObject({ kind: 'refused' });
    await scene.sql(`DROP TABLE ${scene.database}.half`);
    expect(await invoke(command)).toMatchObject({ kind: 'repaired', migration: '0002_half', state: null });
    expect(await scene.stack.continueUpdateRollback()).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(BEFORE);
    expect(await invoke(command)).toMatchObject({ kind: 'refused', failure: { code: 'bad-request' } });
  });

  test('says that it was finished by hand, and the rollback reverts it as a whole', async () => {
    const schema = await scene.schema();
    await scene.stack.deploy(RELEASES.halfWay);
    const command = { ...commandIn(lastReason()), is: 'applied' };
    await scene.sql(`CREATE TABLE ${scene.database}.other_half (id INT)`);
    expect(await invoke(command)).toMatchObject({ state: 'applied', stepsDone: 1, stepsTotal: 1 });
    expect(await scene.stack.continueUpdateRollback()).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(BEFORE);
  });

  test('ends what a rollback owes since a changed script had stopped it', async () => {
    const schema = await scene.schema();
    const change = async (): Promise<void> => {
      await scene.sql(`UPDATE ${scene.database}.migration SET script = COMPRESS('{}') WHERE name = '0002_mark'`);
    };
    const deployed = scene.stack.deploy(RELEASES.marked, {
      fail: { Application: { reason: 'no room', after: change } },
    });
    expect(await deployed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(lastReason()).toContain('[not-vouched]');
    expect(await invoke({ command: 'verify' })).toMatchObject({ findings: [{ code: 'revert-owed' }, {}, {}] });
    await scene.sql(`DROP TABLE ${scene.database}.mark`);
    expect(await invoke(commandIn(lastReason()))).toMatchObject({ kind: 'repaired', state: null });
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(BEFORE);
    expect(await invoke({ command: 'verify' })).toEqual({ ok: true, findings: [] });
  });

  test('accepts the text of a release that was refused and rolled back', async () => {
    const result = await scene.stack.deploy(RELEASES.edited);
    expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(result.reason).toContain('[checksum-changed]');
    const command = commandIn(result.reason);
    expect(await invoke({ ...command, checksum: true })).toMatchObject({ kind: 'refused' });
    expect(await invoke(command)).toMatchObject({ kind: 'repaired', checksum: command['checksum'] });
    expect(await scene.stack.deploy(RELEASES.edited)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(await scene.history()).toEqual([...BEFORE, '0002_mark applied 1/1']);
  });

  test('accepts the text of the code that is there, and its down', async () => {
    expect(await scene.stack.deploy(RELEASES.edited, { rollback: false })).toMatchObject({ status: 'UPDATE_FAILED' });
    const command = { command: 'repair', migration: '0001_user', checksum: true };
    expect(await invoke(command)).toMatchObject({ kind: 'repaired', state: 'applied', stepsDone: 2, stepsTotal: 2 });
    expect(await invoke(command)).toMatchObject({ kind: 'refused' });
    expect(await scene.stack.deploy(RELEASES.edited)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    await scene.unlocked();
    expect(await invoke({ command: 'verify' })).toEqual({ ok: true, findings: [] });
    expect(await invoke({ command: 'down', steps: 2 })).toMatchObject({ reverted: ['0002_mark', '0001_user'] });
    expect(await scene.tables()).toEqual(['migration', 'migration_deployment']);
  });

  test.each([
    { command: 'repair', migration: '0009_none', is: 'reverted' },
    { command: 'repair', migration: '0001_user', is: 'applied' },
    { command: 'repair', migration: '0001_user', step: 1, is: 'done' },
    { command: 'repair', migration: '0001_user', checksum: true },
  ])('%j does not fit what is there, and writes nothing', async (event) => {
    const state = await scene.state();
    expect(await invoke(event)).toMatchObject({
      kind: 'refused',
      failure: { code: 'bad-request', message: expect.stringContaining('nothing was written') },
    });
    expect(await scene.state()).toEqual(state);
  });
});
