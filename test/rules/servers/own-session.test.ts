import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

/** What changes by itself, or is ours to set. Where there is a binary log, what was written to it is among the variables. */
const OWN = new Set([
  ...['identity', 'last_insert_id', 'timestamp', 'statement_id', 'lock_wait_timeout', 'wait_timeout'],
  ...['gtid_executed', 'gtid_owned', 'gtid_purged'],
  ...['gtid_binlog_pos', 'gtid_binlog_state', 'gtid_current_pos', 'last_gtid'],
]);

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  /** What a migration leaves different in the session that goes on with the next one. */
  const leftBy = async (set: string): Promise<readonly string[]> => {
    const code = release({ '0001_set': migration(`${set}; CREATE TABLE a (id INT)`, 'DROP TABLE a') });
    const session = scene.session();
    const { database } = session;
    const variables = async (): Promise<ReadonlyMap<string, string>> => {
      const rows = await database.query('SHOW SESSION VARIABLES');
      const [more] = await database.query('SELECT CURRENT_ROLE() AS role, DATABASE() AS db, CONNECTION_ID() AS id');
      return new Map([
        ...rows.map((row) => [String(row['Variable_name']), String(row['Value'])] as const),
        ...Object.entries(more!).map(([name, value]) => [name, String(value)] as const),
      ]);
    };
    // Names as the function's own sessions have them.
    await database.write('SET NAMES utf8mb4');
    const before = await variables();
    await scene.created(code, {
      connect: () => Promise.resolve({ kind: 'connected', session: { database, close: () => undefined } }),
    });
    const after = await variables();
    session.close();
    const limits = [after.get('lock_wait_timeout'), after.get('wait_timeout')].join() === '20,60' ? [] : ['limits'];
    return [...before.keys()].filter((name) => !OWN.has(name) && before.get(name) !== after.get(name)).concat(limits);
  };

  test.each([
    "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
    'SET foreign_key_checks = 0, unique_checks = 0',
    "SET time_zone = '+05:00'",
    'SET NAMES latin1',
    'SET character_set_results = NULL',
    'SET sql_safe_updates = 1',
    'USE information_schema',
  ])('rule 13: before the next journal statement the session is ours: %s', async (set) => {
    const code = set.startsWith('USE') ? set.replace('information_schema', scene.name) : set;
    expect(await leftBy(code)).toEqual([]);
  });

  test.each([
    'SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED',
    'SET innodb_lock_wait_timeout = 1',
    'SET lock_wait_timeout = 1',
    'SET wait_timeout = 1000',
    'SET sql_select_limit = 1',
    'SET completion_type = 1',
    'SET default_storage_engine = MEMORY',
    'SET sql_log_bin = 0',
    'SET auto_increment_increment = 10',
    'SET explicit_defaults_for_timestamp = 0',
    'SET group_concat_max_len = 4',
  ])('rule 13: before the next journal statement the session is ours: %s', async (set) => {
    expect(await leftBy(set)).toEqual([]);
  });

  test('rule 13: before the next journal statement the session is ours: SET ROLE', async () => {
    const role = `role_${scene.name}`;
    await scene.sql(`CREATE ROLE ${role}`);
    try {
      await scene.sql(`GRANT ${role} TO CURRENT_USER()`);
      expect(await leftBy(`SET ROLE ${role}`)).toEqual([]);
    } finally {
      await scene.sql(`DROP ROLE ${role}`);
    }
  });

  const setsFirst = (set: string) =>
    release({
      '0001_set': migration(`${set}; CREATE TABLE a (id INT)`, 'DROP TABLE a'),
      '0002_next': migration('CREATE TABLE b (id INT)', 'DROP TABLE b'),
      '0003_last': migration('CREATE TABLE c (id INT); CREATE TABLE a (id INT)', 'DROP TABLE c'),
    });

  test("rule 13: SET completion_type = 'CHAIN', and the answer is news to the journal", async () => {
    const code = release({ '0001_set': migration("SET completion_type = 'CHAIN'; CREATE TABLE a (id INT)") });
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.deployments()).toEqual(['Create applied']);
  });

  test('rule 13: SET sql_select_limit = 1, and a failed run reverts all that it applied', async () => {
    const code = setsFirst('SET sql_select_limit = 1');
    expect(await scene.created(code)).toMatchObject({ status: 'FAILED' });
    expect(await scene.schema()).toEqual({});
  });

  test('rule 13: what a down sets is restored, too, before the next one', async () => {
    const code = release({
      '0001_first': migration('CREATE TABLE a (id INT)', 'INSERT INTO kept SELECT 1 UNION SELECT 2; DROP TABLE a'),
      '0002_plain': migration('CREATE TABLE b (id INT)', 'DROP TABLE b'),
      '0003_set': migration(
        'CREATE TABLE c (id INT)',
        "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES'), sql_select_limit = 1; DROP TABLE c",
      ),
      '0004_fails': migration('CREATE TABLE a (id INT)', 'DROP TABLE a'),
    });
    const session = scene.session();
    const set = async () => session.database.query('SELECT @@sql_mode AS mode, @@sql_select_limit AS most');
    const before = await set();
    await scene.sql('CREATE TABLE kept (id INT)');
    const { status } = await scene.created(code, {
      connect: () =>
        Promise.resolve({ kind: 'connected', session: { database: session.database, close: () => undefined } }),
    });
    expect(status).toBe('FAILED');
    expect(await set()).toEqual(before);
    expect(Object.keys(await scene.schema())).toEqual(['table kept']);
    session.close();
  });

  test('rule 13: SET timestamp, and the end of the deployment is not in the past', async () => {
    const code = release({ '0001_set': migration('SET timestamp = 1000; CREATE TABLE a (id INT)') });
    await scene.created(code);
    const [row] = await scene.sql(`SELECT endedAt >= startedAt AS isLater FROM ${scene.name}.migration_deployment`);
    expect(row).toEqual({ isLater: 1 });
  });

  test.each([
    'SET max_join_size = 3',
    'SET sql_big_selects = 0, max_join_size = 3',
    'CREATE PROCEDURE small () SET SESSION max_join_size = 3; CALL small()',
  ])('rule 13: %s does not keep the function from looking at what is there', async (set) => {
    await scene.sql('CREATE TABLE t (id INT PRIMARY KEY)');
    const up = `${set}; DELETE FROM t WHERE id = 5; ALTER TABLE t ADD COLUMN x INT`;
    const code = release({
      '0001_small': migration(up, 'ALTER TABLE t DROP COLUMN x; DROP PROCEDURE IF EXISTS small'),
    });
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
  });

  test('rule 13: nor does it where a JavaScript migration has set it', async () => {
    const js = `exports.up = async ({ query }) => {
      await query('SET max_join_size = 3');
      await query('DELETE FROM t WHERE id = 5');
      throw new Error('no more');
    };
    exports.down = async () => undefined;`;
    await scene.sql('CREATE TABLE t (id INT PRIMARY KEY)');
    const code = release({ '0001_small': js });
    const answer = await scene.created(code);
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('no more')]);
  });

  test('rule 13: a limit of time that a migration sets does not end what the function looks at', async () => {
    const limit = server.kind === 'mysql' ? 'max_execution_time = 1' : 'max_statement_time = 0.000001';
    await scene.sql('CREATE TABLE t (id INT PRIMARY KEY)');
    const up = `SET ${limit}; ALTER TABLE t ADD COLUMN x INT; INSERT INTO t VALUES (3, 3); CREATE TABLE n (id INT)`;
    const code = release({ '0001_limit': migration(up, 'DROP TABLE n; DELETE FROM t; ALTER TABLE t DROP COLUMN x') });
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
  });

  test('a character set that a migration sets leaves the default collation of utf8mb4', async () => {
    const kept = release({ '0001_a': migration("CREATE TABLE a AS SELECT COLLATION('x') AS c") });
    const set = release({ '0001_b': migration("SET NAMES latin1; CREATE TABLE b AS SELECT COLLATION('x') AS c") });
    for (const code of [kept, set]) {
      expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
      scene.renew();
      await scene.sql('DROP TABLE migration, migration_deployment');
    }
    const [a, b] = [await scene.sql('SELECT c FROM a'), await scene.sql('SELECT c FROM b')];
    expect(b).toEqual(a);
  });

  const TEXT = 'Łódź „–€“ 😀 日本 aħŜ';

  test.each([
    'SET NAMES latin1',
    'SET NAMES utf8',
    'SET NAMES binary',
    'SET NAMES sjis',
    'SET NAMES DEFAULT',
    'SET CHARACTER SET cp1251',
    'SET CHARSET latin2',
    'SET character_set_client = latin1',
    'SET @@SESSION.character_set_connection = ascii',
    "SET collation_connection = 'latin1_swedish_ci'",
  ])('texts of a file are stored as they stand there, whatever it sets: %s', async (set) => {
    const table = (name: string) => `CREATE TABLE ${name} (id INT, t VARCHAR(60) DEFAULT '${TEXT}') CHARSET utf8mb4`;
    const code = release({
      '0001_file': migration(
        `${set}; ${table('a')}; INSERT INTO a VALUES (1, '${TEXT}'); INSERT INTO a (id) VALUES (2)`,
      ),
      '0002_module': `module.exports = { async up({ query }) {
        await query("${set}");
        await query("${table('b')}");
        await query("INSERT INTO b VALUES (1, '${TEXT}')");
        await query('INSERT INTO b VALUES (2, ?)', ['${TEXT}']);
      }, async down() {} };`,
    });
    expect(await scene.answer(scene.create(code), code)).toMatchObject({ status: 'SUCCESS' });
    for (const name of ['a', 'b']) {
      const stored = Buffer.from(TEXT).toString('hex').toUpperCase();
      expect(await scene.sql(`SELECT HEX(t) AS t FROM ${name}`)).toEqual([{ t: stored }, { t: stored }]);
    }
  });

  test('a collation that a migration sets for its texts stays', async () => {
    const set = 'SET NAMES utf8mb4 COLLATE utf8mb4_bin';
    const code = release({ '0001_file': migration(`${set}; CREATE TABLE a AS SELECT COLLATION('x') AS c`) });
    expect(await scene.answer(scene.create(code), code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT c FROM a')).toEqual([{ c: 'utf8mb4_bin' }]);
  });

  test('rule 13: SET character_set_results = ascii does not hide what a step did', async () => {
    const none = { '0001_empty': migration('DO 1') };
    const old = release(none);
    const up = "SET character_set_results = ascii; ALTER TABLE t MODIFY id INT COMMENT 'ö'";
    const next = release({ ...none, '0002_set': migration(up, "ALTER TABLE t MODIFY id INT COMMENT 'ä'") });
    await scene.sql("CREATE TABLE t (id INT COMMENT 'ä')");
    await scene.created(old);
    const before = await scene.schema();
    const update = scene.update(old, next);
    await expect(scene.run(update, next, dyingAt(scene, 'ALTER TABLE t', 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    const answer = await scene.updated(next, old);
    expect([answer.status, answer.data.Drift, await scene.schema()]).toEqual(['SUCCESS', '', before]);
  });

  test.each(['a', 'b'])('rule 13: SET sql_select_limit = 1 hides no table without transactions: %s', async (table) => {
    await scene.sql('CREATE TABLE a (id INT PRIMARY KEY) ENGINE=MyISAM');
    await scene.sql('CREATE TABLE b (id INT PRIMARY KEY) ENGINE=MyISAM');
    const up = `SET sql_select_limit = 1; INSERT INTO ${table} VALUES (1)`;
    const code = release({ '0001_limit': migration(up, `DELETE FROM ${table}`) });
    const create = scene.create(code);
    await expect(scene.run(create, code, dyingAt(scene, `INSERT INTO ${table} `, 'after'))).rejects.toThrow(
      ProcessDied,
    );
    await scene.unlocked();
    const answer = await scene.answer(create, code);
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
  });
});
