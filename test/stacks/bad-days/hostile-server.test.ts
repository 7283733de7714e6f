import { stackServers } from '../../servers';
import { describeEachStartable } from '../../startable-servers';
import { admitApplication, type OwnRehearsal, startOwnRehearsal } from './own-rehearsal';
import { synthesizeReleases } from '../small-app';
import { StackScene } from '../stack-scene';

/** Texts, names and numbers that mean something else where a server reads SQL in another way. */
const PEOPLE = {
  '0001_people.sql': String.raw`-- migrate:up
CREATE TABLE people (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE, code CHAR(8) NULL);
INSERT INTO people (email, code) VALUES ("first@example.com", 'a\\b'), ('Åsa表@example.com', 'it\'s');
CREATE TABLE count (id INT PRIMARY KEY);
INSERT INTO count VALUES (1), (2), (3);
-- migrate:down
DROP TABLE count;
DROP TABLE people;
`,
};

const MORE = {
  ...PEOPLE,
  '0002_names.up.sql': String.raw`ALTER TABLE people ADD COLUMN name VARCHAR(100) NOT NULL DEFAULT '';
UPDATE people SET name = 'Bo\\';
CREATE TABLE visit (id INT PRIMARY KEY, people BIGINT NOT NULL, FOREIGN KEY (people) REFERENCES people (id));
DELIMITER //
CREATE TRIGGER people_visit AFTER INSERT ON people FOR EACH ROW BEGIN
  INSERT INTO visit VALUES (NEW.id, NEW.id);
END//
DELIMITER ;
CREATE VIEW named AS SELECT id, name, 'x' AS kind FROM people WHERE name <> '';
`,
  '0002_names.down.sql': `DROP VIEW named;
DROP TRIGGER people_visit;
DROP TABLE visit;
ALTER TABLE people DROP COLUMN name;
`,
  '0003_third.js': `export async function up({ query }) {
  await query('INSERT INTO people (email, name) VALUES (?, ?)', ['third@example.com', '表']);
  const [{ isShort }] = await query(
    "SELECT @@GLOBAL.wait_timeout = 1 OR @@GLOBAL.init_connect LIKE '%wait_timeout = 1%' AS isShort",
  );
  // Longer than such a server keeps a session that says nothing.
  if (Number(isShort) === 1) await new Promise((resolve) => setTimeout(resolve, 1_500));
  await query('UPDATE people SET code = ? WHERE email = ?', ['late', 'third@example.com']);
}
export async function down({ query }) {
  await query('DELETE FROM visit WHERE people = (SELECT id FROM people WHERE email = ?)', ['third@example.com']);
  await query('DELETE FROM people WHERE email = ?', ['third@example.com']);
}
`,
};

/** Goes on after a lock that was not free, with which the server has rolled back its transaction. */
const FORGIVING = {
  ...PEOPLE,
  '0002_forgiving.js': `export async function up({ query }) {
  await query('SET innodb_lock_wait_timeout = 1');
  await query('INSERT INTO count VALUES (4)');
  await query('DELETE FROM people').catch(() => undefined);
  await query('INSERT INTO count VALUES (5)').catch(() => undefined);
}
export async function down() {}
`,
};

const RELEASES = synthesizeReleases({
  first: { migrations: PEOPLE },
  second: { migrations: MORE, application: '2' },
  forgiving: { migrations: FORGIVING },
  broken: {
    application: '3',
    migrations: {
      ...MORE,
      '0004_broken.sql': `-- migrate:up
CREATE TABLE invoice (id INT PRIMARY KEY);
INSERT INTO invoice VALUES (1), (2);
ALTER TABLE people ADD COLUMN vat VARCHAR(20) NULL;
ALTER TABLE people ADD COLUMN email VARCHAR(100) NULL;
-- migrate:down
ALTER TABLE people DROP COLUMN email;
ALTER TABLE people DROP COLUMN vat;
DROP TABLE invoice;
`,
    },
  },
});

type Settings = Readonly<Record<string, string>>;

/** What a parameter group can set, as values in SQL: those that do not touch each other together, so that it takes less time. */
const HOSTILE: Readonly<Record<string, { readonly both: Settings; readonly mariadb: Settings; readonly mysql: Settings }>> = {
  'that commits nothing by itself, reads little and writes nothing': {
    both: {
      autocommit: '0', completion_type: "'CHAIN'", sql_select_limit: '1', sql_safe_updates: '1', sql_auto_is_null: '1',
      foreign_key_checks: '0', unique_checks: '0', auto_increment_increment: '10', auto_increment_offset: '7',
      group_concat_max_len: '4', max_join_size: '1', div_precision_increment: '0', sql_notes: '0', max_error_count: '0',
    },
    mariadb: { tx_isolation: "'SERIALIZABLE'", tx_read_only: '1', check_constraint_checks: '0', innodb_snapshot_isolation: '1' },
    mysql: { transaction_isolation: "'SERIALIZABLE'", transaction_read_only: '1' },
  },
  'that has no patience': {
    both: {
      wait_timeout: '1', interactive_timeout: '1', lock_wait_timeout: '1', innodb_lock_wait_timeout: '1',
      net_read_timeout: '1', net_write_timeout: '1', completion_type: "'RELEASE'", autocommit: '0',
    },
    mariadb: {
      max_statement_time: '0.001', idle_transaction_timeout: '1', idle_readonly_transaction_timeout: '1',
      idle_write_transaction_timeout: '1', tx_isolation: "'READ-UNCOMMITTED'", default_storage_engine: 'Aria',
    },
    mysql: { max_execution_time: '1', transaction_isolation: "'READ-UNCOMMITTED'", default_storage_engine: 'MyISAM' },
  },
  'that reads SQL in another way and prints it so': {
    both: {
      sql_quote_show_create: '0', time_zone: "'+05:00'", character_set_server: 'latin1', character_set_client: 'latin1',
      character_set_connection: 'latin1', character_set_results: 'latin1', explicit_defaults_for_timestamp: '0',
      innodb_default_row_format: "'compact'", innodb_strict_mode: '0', lc_messages: "'de_DE'", lc_time_names: "'de_DE'",
      session_track_state_change: '1', session_track_transaction_info: "'CHARACTERISTICS'",
      session_track_system_variables: "'*'", old_alter_table: '1', sql_buffer_result: '1',
    },
    mariadb: {
      sql_mode: "'ANSI,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH,EMPTY_STRING_IS_NULL,TIME_ROUND_FRACTIONAL,NO_TABLE_OPTIONS'",
      old_mode: "'UTF8_IS_UTF8MB3,ZERO_DATE_TIME_CAST,NO_DUP_KEY_WARNINGS_WITH_IGNORE'", system_versioning_alter_history: "'KEEP'",
      query_cache_type: '1', sql_if_exists: '1',
    },
    mysql: {
      sql_mode: "'ANSI,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH,TIME_TRUNCATE_FRACTIONAL,STRICT_ALL_TABLES'",
      sql_require_primary_key: '1', sql_generate_invisible_primary_key: '1', show_create_table_verbosity: '1',
      show_gipk_in_create_table_and_information_schema: '0', information_schema_stats_expiry: '0',
      default_collation_for_utf8mb4: 'utf8mb4_general_ci',
    },
  },
  'that is another product, or old': {
    both: { default_storage_engine: 'MyISAM', character_set_connection: 'ucs2', character_set_results: 'NULL' },
    mariadb: { sql_mode: "'ORACLE,EMPTY_STRING_IS_NULL'" },
    mysql: { sql_mode: "''" },
  },
  'whose init_connect sets what it likes': {
    both: {
      init_connect: `'SET NAMES latin1, autocommit = 0, sql_select_limit = 1, sql_safe_updates = 1, completion_type = 2,
         sql_mode = "ANSI,NO_BACKSLASH_ESCAPES", wait_timeout = 1, time_zone = "-03:00", foreign_key_checks = 0'`,
    },
    mariadb: {},
    mysql: {},
  },
}; // prettier-ignore

/** Settings of the whole server are changed here, so it is one of our own. */
describeEachStartable(stackServers(), 'on a server like $name', (server) => {
  const { kind } = server;
  let own: OwnRehearsal;
  let scene: StackScene;
  let before: ReadonlyMap<string, string>;
  beforeAll(async () => {
    // Cannot be set later. It does no harm to the other tests.
    own = await startOwnRehearsal(server, ['--innodb-rollback-on-timeout=1']);
  });
  afterAll(() => own.stop());
  beforeEach(async () => {
    // The database is made here, before the server is set up: what stands for CloudFormation is not what is tried.
    scene = new StackScene(own.rehearsal, { databases: [] });
    await scene.sql(`CREATE DATABASE ${scene.database} CHARACTER SET utf8mb4`);
    await admitApplication(scene);
    await scene.sql("SET SESSION sql_mode = '', wait_timeout = 10000");
    before = new Map();
  });
  afterEach(async () => {
    await friendly();
    await scene.end();
    expect(scene.stack.violations).toEqual([]);
    await own.rehearsal.endStacks();
  });

  async function hostile(settings: Settings): Promise<void> {
    const names = Object.keys(settings);
    const rows = await scene.sql(
      `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join()})`,
    );
    before = new Map(rows.map((row) => [String(row['Variable_name']), literal(String(row['Value']))]));
    for (const [name, value] of Object.entries(settings)) await scene.sql(`SET GLOBAL ${name} = ${value}`);
  }

  async function friendly(): Promise<void> {
    for (const [name, value] of before) await scene.sql(`SET GLOBAL ${name} = ${value}`);
  }

  const people = () =>
    scene.sql(`SELECT email, code, name, (SELECT COUNT(*) FROM ${scene.database}.count) AS n
      FROM ${scene.database}.people ORDER BY id`);

  test.each(Object.entries(HOSTILE))(
    '%s, releases go live, and are rolled back where they fail: nothing is lost',
    async (_name, groups) => {
      const { stack } = scene;
      const settings = { ...groups.both, ...groups[kind] };
      await hostile(settings);
      expect(await stack.deploy(RELEASES.first)).toMatchObject({ status: 'CREATE_COMPLETE' });
      const failed = await stack.deploy(RELEASES.second, { fail: { Application: 'no room' } });
      expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
      await friendly();
      expect(await scene.history()).toEqual(['0001_people applied 4/4']);
      expect(await scene.sql(`SELECT email, code FROM ${scene.database}.people ORDER BY id`)).toEqual([
        { email: 'first@example.com', code: 'a\\b' },
        { email: 'Åsa表@example.com', code: "it's" },
      ]);

      await hostile(settings);
      expect(await stack.deploy(RELEASES.second)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await friendly();
      const [schema, rows, history] = [await scene.schema(), await people(), await scene.history()];
      expect(history).toEqual(['0001_people applied 4/4', '0002_names applied 5/5', '0003_third applied 1/1']);
      expect(rows).toEqual([
        { email: 'first@example.com', code: 'a\\b', name: 'Bo\\', n: 3 },
        { email: 'Åsa表@example.com', code: "it's", name: 'Bo\\', n: 3 },
        { email: 'third@example.com', code: 'late', name: '表', n: 3 },
      ]);

      await hostile(settings);
      const broken = await stack.deploy(RELEASES.broken);
      expect(broken).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
      expect(broken.reason).toContain('0004_broken.sql failed at step 4 of 4 (line 5): ER_DUP_FIELDNAME (1060)');
      await friendly();
      expect([await scene.schema(), await people(), await scene.history()]).toEqual([schema, rows, history]);
      expect(scene.said).not.toContain('the schema is not what it was before');
      expect(scene.said).not.toContain('the connection was lost');
      expect(
        await scene.sql(
          `SELECT type, status FROM ${scene.database}.migration_deployment WHERE type <> 'Release' ORDER BY id`,
        ),
      ).toEqual([
        { type: 'Create', status: 'applied' },
        { type: 'Update', status: 'reverted' },
        { type: 'Update', status: 'applied' },
        { type: 'Update', status: 'reverted' },
      ]);
    },
  );

  test('a transaction that a lock took with it is not gone on with, whatever a migration catches', async () => {
    const { stack } = scene;
    expect(await stack.deploy(RELEASES.first)).toMatchObject({ status: 'CREATE_COMPLETE' });
    await scene.sql('START TRANSACTION');
    await scene.sql(`SELECT * FROM ${scene.database}.people FOR UPDATE`);
    const failed = await stack.deploy(RELEASES.forgiving);
    await scene.sql('COMMIT');
    expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(failed.reason).toContain('ER_LOCK_WAIT_TIMEOUT (1205)');
    expect(await scene.sql(`SELECT id FROM ${scene.database}.count`)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(await scene.history()).toEqual(['0001_people applied 4/4']);
  });

  test('a history of another engine is taken over, and has transactions then', async () => {
    const table = `${scene.database}.migration`;
    await scene.sql(
      `CREATE TABLE ${table} (name VARCHAR(190) PRIMARY KEY, createdAt DATETIME NOT NULL, updatedAt DATETIME NOT NULL) ENGINE=MyISAM`,
    );
    expect(await scene.stack.deploy(RELEASES.first)).toMatchObject({ status: 'CREATE_COMPLETE' });
    const [row] = await scene.sql(`SHOW CREATE TABLE ${table}`);
    expect(row!['Create Table']).toContain('ENGINE=InnoDB');
    expect(await scene.history()).toEqual(['0001_people applied 4/4']);
  });

  if (kind === 'mariadb') {
    test('a server that makes every table one without transactions is refused by name, and nothing was run', async () => {
      before = new Map([['enforce_storage_engine', 'NULL']]);
      await scene.sql('SET GLOBAL enforce_storage_engine = Aria');
      const { status, reason } = await scene.stack.deploy(RELEASES.first, { statusEvents: { hold: true } });
      expect(status).toBe('ROLLBACK_COMPLETE');
      expect(reason).toContain('makes every table one of Aria (enforce_storage_engine)');
      expect(reason).toContain('no SQL was run');
      expect(await scene.tables()).toEqual([]);
    });
  }
});

function literal(value: string): string {
  return /^[\d.]+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
}
