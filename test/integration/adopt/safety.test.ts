import { ConnectionLost } from '../../../lambda/ports';
import { lockName } from '../../../lambda/session/lock';
import { servers } from '../../servers';
import { commandIn, hastyClock, invoke } from '../by-hand';
import { FIRST, NAME, ORDERS, release, type Release, Scene, SECOND, USER } from '../scene';
import { RECORDED } from './recorded-histories';

const ALL = ['0001_user', '0002_name', '0003_orders'];
const CREATED = 'CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE)';
const MIGRATE = [CREATED, ...RECORDED['golang-migrate']];

describe.each(servers())('what is recorded without being run on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const run = async (command: Readonly<Record<string, unknown>>, code: Release = SECOND): Promise<unknown> => {
    await scene.unlocked();
    return invoke(scene, code, command);
  };
  const baseline = (to: string, code: Release = SECOND): Promise<unknown> =>
    run({ command: 'baseline', to, record: ALL.slice(0, ALL.indexOf(to) + 1) }, code);
  const tables = async (): Promise<readonly unknown[]> =>
    (await scene.sql('SHOW TABLES')).flatMap((row) => Object.values(row));
  const refusal = (code: string, message: string) => ({
    kind: 'refused',
    failure: { code, message: expect.stringContaining(message) },
  });

  it('is everything up to a name, and no more', async () => {
    await scene.sql(CREATED);
    expect(await run({ command: 'baseline', to: '0001_user' })).toMatchObject({
      kind: 'found',
      ...{ table: null, record: [{ name: '0001_user' }], already: [], pending: ['0002_name', '0003_orders'] },
    });
    expect(await tables()).toEqual(['user']);
    expect(await baseline('0001_user')).toMatchObject({ kind: 'recorded', record: [{ name: '0001_user' }] });
    expect(await run({ command: 'baseline', to: '0001_user' })).toMatchObject({ record: [], already: ['0001_user'] });
    expect(await scene.created(SECOND)).toMatchObject({
      data: { Applied: '0002_name, 0003_orders' },
    });
  });

  it('is known again, though its name ends as those of files do', async () => {
    await scene.sql(CREATED);
    const code = release({ '0001_user': USER, '0002_name.js': NAME, '0003_orders': ORDERS });
    const record = ['0001_user', '0002_name.js'];
    await run({ command: 'baseline', to: '0002_name.js', record }, code);
    expect(await run({ command: 'baseline', to: '0002_name.js' }, code)).toMatchObject({ record: [], already: record });
    expect(await scene.created(code)).toMatchObject({ data: { Applied: '0003_orders' } });
  });

  it('is not reverted: not by down, not by a create that is rolled back, not by onDelete REVERT', async () => {
    await scene.sql(CREATED);
    await baseline('0001_user');
    const adopted = await scene.schema();
    expect(await run({ command: 'down', steps: 1 })).toMatchObject(
      refusal('irreversible', '0001_user cannot be reverted (irreversible, adopted from another tool'),
    );
    await scene.created(SECOND);
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    expect(await scene.answer(scene.delete(SECOND), SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0003_orders, 0002_name' },
    });
    expect(await scene.schema()).toEqual(adopted);

    scene.renew();
    const revert = release({ '0001_user': USER }, { OnDelete: 'REVERT' });
    await scene.created(revert);
    await scene.settle();
    expect(await scene.answer(scene.delete(revert), revert)).toMatchObject({ data: { Kept: '0001_user' } });
    expect(await scene.schema()).toEqual(adopted);
  });

  it('lets down revert what was deployed since', async () => {
    await scene.sql(CREATED);
    await baseline('0001_user');
    await scene.created(SECOND);
    expect(await run({ command: 'down', to: '0001_user' })).toEqual({
      kind: 'reverted',
      ...{ reverted: ['0003_orders', '0002_name'], drift: null },
    });
  });

  it('is taken out of the history by the command that the refusal of down names', async () => {
    await scene.sql(CREATED);
    await baseline('0001_user');
    const { failure } = (await run({ command: 'down', steps: 1 })) as { failure: { message: string } };
    expect(await run(commandIn(failure.message))).toMatchObject({ kind: 'repaired', state: null });
    expect(await run({ command: 'status' })).toMatchObject({ migrations: [], pending: ALL });
  });

  it('has the text that it had then: a file that is edited since is refused', async () => {
    await scene.sql(CREATED);
    await baseline('0001_user');
    const edited = release({ '0001_user': USER.replace('190', '191') });
    expect(await scene.created(edited)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('applied migration edited: 0001_user'),
    });
  });

  it('is where drift is measured from', async () => {
    await scene.sql(CREATED);
    await baseline('0001_user', FIRST);
    expect(await run({ command: 'verify' }, FIRST)).toEqual({ ok: true, findings: [] });
    await scene.sql(`ALTER TABLE ${scene.name}.user ADD COLUMN phone INT`);
    expect(await run({ command: 'verify' }, FIRST)).toMatchObject({
      findings: [{ code: 'drift', message: expect.stringMatching(/the last run \(adopt 1\) left: .*phone/) }],
    });
  });

  it('leaves what contracts to the second resource, since there may be an old application', async () => {
    const contract = release({ '0001_user': USER, '0002_drop': DROP });
    await scene.sql(CREATED);
    await run({ command: 'baseline', to: '0001_user', record: ['0001_user'] }, contract);
    expect(await scene.created(contract)).toMatchObject({ data: { Applied: '' } });
  });

  it('is only what was shown, and is refused where that has changed since', async () => {
    for (const statement of MIGRATE) await scene.sql(statement);
    const record = ['0001_user', '0002_name'];
    await scene.sql('UPDATE schema_migrations SET version = 3');
    expect(await run({ command: 'adopt', from: 'golang-migrate', record })).toMatchObject(
      refusal(
        'cannot-adopt',
        'it is not what is confirmed: 0003_orders would be recorded besides. Look again; nothing was written',
      ),
    );
    await scene.sql('UPDATE schema_migrations SET version = 1');
    expect(await run({ command: 'adopt', from: 'golang-migrate', record })).toMatchObject(
      refusal('cannot-adopt', '0002_name would not be recorded'),
    );
    expect(await tables()).toEqual(['schema_migrations', 'user']);
  });

  it.each([
    ['stands before what is applied', ['0001', '0002', '0004'], ['0001_user', '0003_name', '0004_orders'], '0003_name'],
    ['has a lower number', ['0001', '0003'], ['0001_user', '0002_name'], '0002_name'],
  ])(
    'is nothing where the release lacks what is applied, and what it has instead %s',
    async (_, versions, names, other) => {
      await scene.sql(CREATED);
      await scene.sql('CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY)');
      for (const version of versions) await scene.sql(`INSERT INTO schema_migrations VALUES ('${version}')`);
      const code = release(Object.fromEntries(names.map((name) => [name, USER])));
      const record = names.filter((name) => name !== other);
      for (const command of [{}, { record }]) {
        expect(await run({ command: 'adopt', from: 'dbmate', ...command }, code)).toMatchObject(
          refusal('cannot-adopt', `and of the release ${other} would run before what is applied`),
        );
      }
      expect(await tables()).toEqual(['schema_migrations', 'user']);
    },
  );

  it('goes on where another tool went on before the first deployment', async () => {
    for (const statement of MIGRATE) await scene.sql(statement);
    await run({ command: 'adopt', from: 'golang-migrate', record: ['0001_user', '0002_name'] });
    await scene.sql('UPDATE schema_migrations SET version = 3');
    expect(await run({ command: 'adopt', from: 'golang-migrate', record: ['0003_orders'] })).toMatchObject({
      kind: 'recorded',
      already: ['0001_user', '0002_name'],
    });
    expect(await run({ command: 'status' })).toMatchObject({ pending: [], migrations: ALL.map((name) => ({ name })) });
  });

  it('is refused where the journal has a history of its own', async () => {
    for (const statement of MIGRATE.slice(1)) await scene.sql(statement);
    await scene.created(FIRST);
    const before = await scene.history();
    for (const command of [
      { command: 'adopt', from: 'golang-migrate' },
      { command: 'baseline', to: '0002_name' },
    ]) {
      expect(await run(command)).toMatchObject(refusal('cannot-adopt', 'history of its own: 0001_user (applied)'));
      expect(await run({ ...command, record: ['0002_name'] })).toMatchObject({ kind: 'refused' });
    }
    expect(await scene.history()).toEqual(before);
  });

  it('is refused where a deployment stands, though it has applied nothing', async () => {
    const empty = release({});
    await scene.created(empty);
    expect(await baseline('0001_user')).toMatchObject(
      refusal('cannot-adopt', 'deployment 1 (Create, applied) was made'),
    );
  });

  it('may be said after a first deployment that failed since nobody had said it', async () => {
    await scene.sql(CREATED);
    expect(await scene.created(SECOND)).toMatchObject({ status: 'FAILED' });
    await scene.answer(scene.delete(SECOND), SECOND);
    scene.renew();
    expect(await baseline('0001_user')).toMatchObject({ kind: 'recorded' });
    expect(await scene.created(SECOND)).toMatchObject({
      data: { Applied: '0002_name, 0003_orders' },
    });
  });

  it('may be said where that deployment was not rolled back, and the next one goes on', async () => {
    await scene.sql(CREATED);
    await scene.created(SECOND);
    expect(await baseline('0001_user')).toMatchObject({ kind: 'recorded' });
    expect(await scene.created(SECOND)).toMatchObject({
      data: { Applied: '0002_name, 0003_orders' },
    });
  });

  it('waits for nobody who holds the lock, and says who', async () => {
    const session = scene.session();
    await session.database.query(`SELECT GET_LOCK('${lockName(scene.name)}', 0)`);
    const command = { command: 'baseline', to: '0001_user', record: ['0001_user'] };
    expect(await invoke(scene, SECOND, command, { clock: hastyClock() })).toMatchObject(
      refusal('lock-not-free', 'holds the lock'),
    );
    expect(await tables()).toEqual([]);
  });

  it.each(['INSERT INTO', 'COMMIT'])('is all of it or nothing: the connection is lost at %s', async (statement) => {
    const session = scene.session();
    let rows = 0;
    const write = async (text: string) => {
      if (text.startsWith('INSERT INTO') && ++rows === 2) await isThere(1);
      // The second INSERT is the mark: the rows of the migrations are written.
      if (!text.startsWith(statement) || (statement === 'INSERT INTO' && rows < 2)) return session.database.write(text);
      session.close();
      throw new ConnectionLost('gone');
    };
    // Nobody else sees rows that are not committed.
    const isThere = async (inside: number) => {
      const count = `SELECT COUNT(*) AS count FROM ${scene.name}.migration`;
      expect(Number((await session.database.query(count))[0]?.['count'])).toBe(inside);
    };
    const command = { command: 'baseline', to: '0001_user', record: ['0001_user'] };
    await expect(invoke(scene, SECOND, command, { connect: scene.connectingTo(session, { write }) })).rejects.toThrow(
      'gone',
    );
    await scene.unlocked();
    expect(await scene.history()).toEqual([]);
    expect(await scene.deployments()).toEqual([]);
    expect(await baseline('0001_user')).toMatchObject({ kind: 'recorded' });
  });

  it('takes thousands at once', async () => {
    const many = release(
      Object.fromEntries(Array.from({ length: 1200 }, (_, at) => [`${String(at + 1).padStart(5, '0')}_step`, ORDERS])),
    );
    const record = many.manifest.migrations.map(({ name }) => name);
    expect(await run({ command: 'baseline', to: '01200_step', record }, many)).toMatchObject({ kind: 'recorded' });
    expect(await scene.created(many)).toMatchObject({ status: 'SUCCESS', data: { Applied: '' } });
  });

  it('says which migration there is not', async () => {
    expect(await run({ command: 'baseline', to: '0002' })).toMatchObject(
      refusal('bad-request', 'the release has no 0002; it has 0001_user to 0003_orders; nothing was written'),
    );
  });
});

const DROP = `-- migrate:phase contract\n-- migrate:up\nALTER TABLE user DROP COLUMN email;\n-- migrate:down\n${NAME.split('\n')[1]}`;
