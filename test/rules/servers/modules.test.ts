import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, ProcessDied } from '../dying-process';

const ROWS = `exports.up = async ({ query }) => {
  await query('INSERT INTO counted VALUES (1)');
  await query('INSERT INTO counted VALUES (2)');
};
exports.down = async ({ query }) => { await query('DELETE FROM counted'); };`;

const TABLE = `exports.up = async ({ query }) => {
  await query('CREATE TABLE IF NOT EXISTS made (id INT)');
  await query('INSERT INTO counted VALUES (1)');
};
exports.down = async ({ query }) => {
  await query('DROP TABLE IF EXISTS made');
  await query('DELETE FROM counted');
};`;

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql('CREATE TABLE counted (n INT)');
  });

  const count = async (): Promise<unknown> => (await scene.sql('SELECT COUNT(*) AS n FROM counted'))[0]?.['n'];

  test.each([
    ['INSERT INTO counted VALUES (1)', 'after'],
    ['INSERT INTO counted VALUES (2)', 'after'],
    ['COMMIT', 'before'],
    ['COMMIT', 'after'],
  ] as const)(
    'rule 15: a JavaScript migration that stayed in its transaction is one with its row: it died at %s (%s)',
    async (command, when) => {
      const code = release({ '0001_rows': ROWS });
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
      expect(await count()).toBe(command === 'COMMIT' && when === 'after' ? 2 : 0);

      expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
      expect([await count(), await scene.history()]).toEqual([2, ['0001_rows applied']]);
    },
  );

  test.each(['before', 'after'] as const)(
    'rule 13: one that writes to a table without transactions has left its own: it died %s that',
    async (when) => {
      await scene.sql('ALTER TABLE counted ENGINE = MyISAM');
      const code = release({ '0001_rows': ROWS });
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, 'INSERT INTO counted VALUES (1)', when))).rejects.toThrow(
        ProcessDied,
      );
      expect(await scene.answer(create, code)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining('[needs-repair]') as string,
      });
      expect(await count()).toBe(when === 'before' ? 0 : 1);
    },
  );

  test('rule 13: so has one whose first call was no DML and committed nothing', async () => {
    await scene.sql('ALTER TABLE counted ENGINE = MyISAM');
    const code = release({ '0001_rows': ROWS.replace('await', "await query('SHOW TABLES'); await") });
    const create = scene.create(code);
    const dying = dyingAt(scene, 'INSERT INTO counted VALUES (1)', 'after');
    await expect(scene.run(create, code, dying)).rejects.toThrow(ProcessDied);
    expect((await scene.answer(create, code)).reason).toContain('[needs-repair]');
    expect(await count()).toBe(1);
  });

  test.each([
    ['as it is', TABLE],
    ['though it swallows all errors', TABLE.replaceAll(/await (query\('.*?'\))/g, 'await $1.catch(() => {})')],
  ])('rule 19: one that was cancelled before its first DDL runs nothing that may commit, %s', async (_, module) => {
    const code = release({ '0001_table': module });
    const session = scene.session();
    const query = async (statement: string) => {
      if (/wait_timeout/.test(statement))
        await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 1 WHERE status = 'running'`);
      return session.database.query(statement);
    };
    const connect = scene.connectingTo(session, { query });
    expect(await scene.run(scene.create(code), code, { connect })).toMatchObject({ kind: 'silent' });
    expect([Object.keys(await scene.schema()), await count(), await scene.history()]).toEqual([
      ['table counted'],
      0,
      [],
    ]);
  });

  test('rule 15: one that died before its first DDL reached the server had done nothing, and starts over', async () => {
    const code = release({ '0001_table': TABLE });
    const create = scene.create(code);
    const dying = dyingAt(scene, 'CREATE TABLE IF NOT EXISTS made', 'before');
    await expect(scene.run(create, code, dying)).rejects.toThrow(ProcessDied);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await count()).toBe(1);
  });

  test.each(['CREATE TABLE IF NOT EXISTS made', 'INSERT INTO counted'])(
    'rule 15: one that died in the middle, with DDL behind it, is not resumed: FAILED, needs repair (after %s)',
    async (command) => {
      const code = release({ '0001_table': TABLE });
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, command, 'after'))).rejects.toThrow(ProcessDied);
      const left = [await scene.schema(), await count()];

      const answer = await scene.answer(create, code);

      expect(answer.status).toBe('FAILED');
      expect(answer.reason).toContain('[needs-repair]');
      expect([await scene.schema(), await count()]).toEqual(left);
    },
  );

  test.each([
    ['CREATE TABLE IF NOT EXISTS made', 'after'],
    ['INSERT INTO counted', 'after'],
  ] as const)('rule 15: its down is run where it says idempotentDown (%s, %s)', async (command, when) => {
    const code = release({ '0001_table': TABLE });
    const script = JSON.stringify({ v: 1, module: TABLE, idempotentDown: true });
    const idempotent = { ...code, scripts: new Map([['0001_table', script]]) };
    const create = scene.create(idempotent);
    await expect(scene.run(create, idempotent, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);

    expect(await scene.answer(create, idempotent)).toMatchObject({ status: 'SUCCESS' });
    expect(scene.logged).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/^reverting /) }));
    expect([await count(), await scene.history()]).toEqual([1, ['0001_table applied']]);
  });

  /** What takes the module's transaction, and with it the row that says how far it came. */
  const PROCEDURE = 'CREATE PROCEDURE fill() BEGIN INSERT INTO counted VALUES (2); ROLLBACK; END';
  const taking = (statement: string, end: string) =>
    release({
      '0001_taking': `exports.up = async ({ query }) => {
  await query('INSERT INTO counted VALUES (1)');
  await query('${statement}');
  await query('CREATE TABLE made (id INT)');
  ${end}
};
exports.down = async () => {};`,
    });

  test.each([
    ['ROLLBACK', 0],
    ['CALL fill()', 1],
    ['COMMIT', 1],
    ['START TRANSACTION', 1],
  ] as const)('rule 13: one that ends its transaction with %s keeps its row', async (statement, rows) => {
    await scene.sql(PROCEDURE);
    const code = taking(statement, '');
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect([await count(), await scene.history()]).toEqual([rows, ['0001_taking applied']]);
  });

  test.each(['ROLLBACK', 'CALL fill()', 'COMMIT', 'START TRANSACTION'])(
    'rule 15: one that ends its transaction with %s and then fails is known to be half done',
    async (statement) => {
      await scene.sql(PROCEDURE);
      const code = taking(statement, "throw new Error('no');");
      expect((await scene.created(code)).reason).toContain('needs-repair');
      expect(await scene.history()).toEqual(['0001_taking applying']);
      expect(Object.keys(await scene.schema())).toContain('table made');
    },
  );

  const body = (up: string) =>
    release({ '0001_body': `exports.up = async ({ query }) => { ${up} };\nexports.down = async () => {};` });

  test.each([
    ['a savepoint, and fails', "await query('SAVEPOINT s'); throw new Error('no');", 0],
    [
      'a savepoint, and goes back to it',
      "await query('SAVEPOINT s'); await query('INSERT INTO counted VALUES (2)'); await query('ROLLBACK TO SAVEPOINT s');",
      1,
    ],
    [
      'a temporary table, and rolls back',
      "await query('CREATE TEMPORARY TABLE t (n INT)'); await query('ROLLBACK');",
      0,
    ],
    ['a temporary table, and fails', "await query('CREATE TEMPORARY TABLE t (n INT)'); throw new Error('no');", 0],
  ] as const)('rule 15: one that makes %s', async (_, rest, rows) => {
    const code = body(`await query('INSERT INTO counted VALUES (1)'); ${rest}`);
    const answer = await scene.created(code);
    expect(answer.status).toBe(rest.includes('throw') ? 'FAILED' : 'SUCCESS');
    expect([await count(), await scene.history()]).toEqual([
      rows,
      answer.status === 'FAILED' ? [] : ['0001_body applied'],
    ]);
  });

  test('rule 17: one that goes on after it lost its transaction to a deadlock fails, and leaves nothing', async () => {
    await scene.sql('CREATE TABLE locked (id INT PRIMARY KEY, n INT)');
    await scene.sql('INSERT INTO locked VALUES (1, 0), (2, 0)');
    const other = scene.session().database;
    await other.write('START TRANSACTION');
    // The server chooses the transaction that has written less.
    const many = Array.from({ length: 50 }, () => '(9)').join();
    await other.write(`INSERT INTO counted VALUES ${many}`);
    await other.write('UPDATE locked SET n = 1 WHERE id = 2');
    const code = body(`await query('INSERT INTO counted VALUES (1)');
      await query('UPDATE locked SET n = 5 WHERE id = 1');
      await query('UPDATE locked SET n = 5 WHERE id = 2').catch(() => {});
      await query('INSERT INTO counted VALUES (2)').catch(() => {});`);
    const running = scene.created(code);
    await scene.until(() => scene.isRunning('UPDATE locked SET n = 5 WHERE id = 2'));
    await other.write('UPDATE locked SET n = 1 WHERE id = 1');
    await other.write('ROLLBACK');
    expect((await running).reason).toContain('0001_body.js failed at its up: ER_LOCK_DEADLOCK (1213)');
    expect([await count(), await scene.history()]).toEqual([0, []]);
  });

  test('rule 19: one that was cancelled after its DDL and came to its end is reverted by its down', async () => {
    const session = scene.session();
    const execute = async (statement: string, parameters: readonly unknown[]) => {
      const result = await session.database.execute(statement, parameters);
      if (statement.startsWith('CREATE TABLE IF NOT EXISTS made'))
        await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 1 WHERE status = 'running'`);
      return result;
    };
    const nothing = release({});
    const code = release({ '0001_table': TABLE });
    await scene.created(nothing);
    const update = scene.update(nothing, code);
    expect(await scene.run(update, code, { connect: scene.connectingTo(session, { execute }) })).toMatchObject({
      kind: 'silent',
    });
    expect(Object.keys(await scene.schema())).toEqual(['table counted', 'table made']);
    expect(await scene.updated(code, nothing)).toMatchObject({ status: 'SUCCESS' });
    expect([Object.keys(await scene.schema()), await count()]).toEqual([['table counted'], 0]);
  });

  test('one that leaves its tables locked', async () => {
    const code = body("await query('LOCK TABLES counted WRITE'); await query('INSERT INTO counted VALUES (1)');");
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect([await count(), await scene.history()]).toEqual([1, ['0001_body applied']]);
  });

  test.each([
    ['throws what cannot be read', body("throw { toString() { throw new Error('no'); } }")],
    ['throws when it is loaded', release({ '0001_body': "throw new Error('no');" })],
  ])('one that %s fails as any other', async (_, code) => {
    const answer = await scene.created(code);
    expect(answer.reason).toContain('0001_body.js failed at its up: ');
    expect(await scene.deployments()).toEqual(['Create reverted']);
  });
});
