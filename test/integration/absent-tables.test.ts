import { AbsentTables } from '../../lambda/engine/absent-tables';
import { readSchema } from '../../lambda/engine/fingerprint';
import { dyingAt, migration, ProcessDied } from '../rules/servers/dying-process';
import { servers } from '../servers';
import { release, Scene } from './scene';

describe.each(servers())('tables that are known to be absent, on $name', (server) => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.start(server);
    await scene.sql('CREATE TABLE Here (n INT PRIMARY KEY)');
    await scene.sql('CREATE VIEW seen AS SELECT n FROM Here');
  });
  afterEach(() => scene.end());

  const table = (name: string, schema?: string) => ({ kind: 'table', name, schema }) as const;
  const learned = async (clock = { now: () => 0 }): Promise<AbsentTables> => {
    const { database } = scene.session();
    const absent = new AbsentTables(database, { ...clock, remaining: () => 0, sleep: () => Promise.resolve() });
    absent.learn(await readSchema(database));
    return absent;
  };

  it('are not those that are there, under whatever name', async () => {
    const absent = await learned();
    const found = await Promise.all(
      [
        table('gone'),
        table('gone', scene.name),
        table('here'),
        table('HERE'),
        table('seen'),
        table('migration'),
        table('gone', 'elsewhere'),
        table('größe'),
        { kind: 'procedure', name: 'gone' } as const,
      ].map((object) => absent.has(object)),
    );
    expect(found).toEqual([true, true, false, false, false, false, false, false, false]);
  });

  it('are known of nothing before the schema was read', async () => {
    const clock = { now: () => 0, remaining: () => 0, sleep: () => Promise.resolve() };
    expect(await new AbsentTables(scene.session().database, clock).has(table('gone'))).toBe(false);
  });

  it.each([
    ['CREATE TABLE gone (n INT)', false, true],
    ['CREATE TABLE IF NOT EXISTS Gone (n INT)', false, true],
    ['CREATE VIEW gone AS SELECT 1', false, true],
    ['RENAME TABLE Here TO gone', false, true],
    ['ALTER TABLE Here RENAME TO gone', false, true],
    ['ALTER TABLE Here ADD m INT', true, true],
    ['INSERT INTO Here VALUES (1)', true, true],
    ['DROP TABLE gone', false, true],
    ['USE elsewhere', false, false],
    ['SET @a = 1', false, false],
    ['CREATE TEMPORARY TABLE gone (n INT)', false, false],
    ['CALL makes()', false, false],
    ['PREPARE makes FROM "CREATE TABLE gone (n INT)"', false, false],
    ['GRANT SELECT ON Here TO somebody', false, false],
  ])('after %s: the one %s, another %s', async (statement, gone, other) => {
    const absent = await learned();
    absent.note(statement);
    expect([await absent.has(table('gone')), await absent.has(table('other'))]).toEqual([gone, other]);
  });

  it('are read anew after a while, where many were asked for, and otherwise known no more', async () => {
    let now = 0;
    const clock = { now: () => now };
    const [few, many] = [await learned(clock), await learned(clock)];
    for (let index = 0; index < 50; index += 1) await many.has(table(`t${index}`));
    await few.has(table('gone'));
    await scene.sql('CREATE TABLE gone (n INT)');
    expect(await many.has(table('gone'))).toBe(true);
    now = 1_000;
    expect([await many.has(table('gone')), await many.has(table('other'))]).toEqual([false, true]);
    expect([await few.has(table('gone')), await few.has(table('other'))]).toEqual([false, false]);
  });

  it.each([
    ['before', false],
    ['after', true],
  ] as const)('are not asked about, and a step that a process died %s is told all the same', async (moment, made) => {
    const code = release({
      '0001_a': migration('CREATE TABLE a (n INT)', 'DROP TABLE a'),
      '0002_b': migration('CREATE TABLE b (n INT); ALTER TABLE a ADD m INT', 'ALTER TABLE a DROP m; DROP TABLE b'),
      '0003_c': migration('CREATE TABLE c (n INT)', 'DROP TABLE c'),
    });
    const asked: string[] = [];
    const create = scene.create(code);
    const { connect } = dyingAt(scene, 'CREATE TABLE b', moment);
    const watching = async () => {
      const connection = await connect!();
      if (connection.kind !== 'connected') return connection;
      const { database } = connection.session;
      const query = (statement: string) => (asked.push(statement), database.query(statement));
      return { ...connection, session: { ...connection.session, database: { ...database, query } } };
    };
    await expect(scene.run(create, code, { connect: watching })).rejects.toThrow(ProcessDied);
    expect(asked.filter((statement) => /^SHOW CREATE TABLE `[abc]`/.test(statement))).toEqual([]);
    expect('table b' in (await scene.schema())).toBe(made);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_a applied', '0002_b applied', '0003_c applied']);
  });

  it('and yet are there, made by somebody else since: the migration fails, and theirs stays', async () => {
    const code = release({
      '0001_a': migration('CREATE TABLE a (n INT)', 'DROP TABLE a'),
      '0002_b': migration('CREATE TABLE b (n INT)', 'DROP TABLE b'),
    });
    const session = scene.session();
    const write = async (statement: string) => {
      if (statement === 'CREATE TABLE a (n INT)') await scene.sql('CREATE TABLE b (theirs INT)');
      return session.database.write(statement);
    };
    const answer = await scene.run(scene.create(code), code, { connect: scene.connectingTo(session, { write }) });
    expect(answer).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('0002_b.sql failed at step 1 of 1: ER_TABLE_EXISTS_ERROR') as string,
    });
    expect(Object.keys(await scene.schema())).toEqual(['table Here', 'table b', 'view seen']);
    expect((await scene.schema())['table b']).toContain('theirs');
  });
});
