import { type Connection, createConnection } from 'mysql2/promise';
import { readFileSync } from 'node:fs';
import type { Database } from '../../rehearsal/servers/database-types';
import { servers, toTestServer } from '../servers';
import { describeEachStartable, startAnother } from '../startable-servers';
import { Scene } from './scene';
import { ServerStory } from './server-story';

/** As Aurora's master user: no SUPER, no PROCESS, no SYSTEM_VARIABLES_ADMIN, nobody who is spared what is set for others. */
const MASTER = { user: 'master', password: 'of-the-cluster' };
const MAY =
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, ' +
  'CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER';

interface Option {
  /** Values in SQL; where they are null, the server has no such variable. */
  readonly mysql: Readonly<Record<string, string>> | null;
  readonly mariadb: Readonly<Record<string, string>> | null;
  /** How the database is made. */
  readonly database?: string;
  /** The step that the server then refuses. Absent: none. */
  readonly refused?: RegExp;
}

const both = (settings: Readonly<Record<string, string>>): Pick<Option, 'mysql' | 'mariadb'> => ({
  mysql: settings,
  mariadb: settings,
});
const onMysql = (settings: Readonly<Record<string, string>>): Pick<Option, 'mysql' | 'mariadb'> => ({
  mysql: settings,
  mariadb: null,
});

/** Without it nobody but an administrator makes a trigger where there is a binary log. */
const TRUSTING = { log_bin_trust_function_creators: '1' };

/** What a parameter group can set while the server runs. */
const OPTIONS: Readonly<Record<string, Option>> = {
  'as it is': both({}),
  'with sql_require_primary_key': {
    ...onMysql({ sql_require_primary_key: '1' }),
    refused: /^0002_visits\.sql failed at step 3 of 6: ER_TABLE_WITHOUT_PK \(3750\)/,
  },
  'with sql_generate_invisible_primary_key': onMysql({ sql_generate_invisible_primary_key: '1' }),
  'with invisible keys that it does not show': onMysql({
    sql_generate_invisible_primary_key: '1',
    sql_require_primary_key: '1',
    show_gipk_in_create_table_and_information_schema: '0',
  }),
  'whose tables are MyISAM': both({ default_storage_engine: 'MyISAM' }),
  'with old TIMESTAMPs': both({ explicit_defaults_for_timestamp: '0' }),
  'in ANSI mode': both({ sql_mode: "'ANSI,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'" }),
  'with pipes that concatenate': both({ sql_mode: "'ANSI_QUOTES,PIPES_AS_CONCAT,TRADITIONAL'" }),
  'with no sql_mode': both({ sql_mode: "''" }),
  'without patience': {
    mysql: { lock_wait_timeout: '1', innodb_lock_wait_timeout: '1', max_execution_time: '1' },
    mariadb: { lock_wait_timeout: '1', innodb_lock_wait_timeout: '1', max_statement_time: '0.001' },
  },
  'with packets of 16 KiB': both({ max_allowed_packet: '16384' }),
  'of latin1': { ...both({ character_set_server: 'latin1' }), database: 'CHARACTER SET latin1' },
  'of utf8mb3': { ...both({ character_set_server: 'utf8mb3' }), database: 'CHARACTER SET utf8mb3' },
  'of an old collation': {
    mysql: { collation_server: 'utf8mb4_general_ci', default_collation_for_utf8mb4: 'utf8mb4_general_ci' },
    mariadb: { collation_server: 'utf8mb4_general_ci' },
    database: 'CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
  },
  'with a binary log of statements': {
    ...both({ binlog_format: "'STATEMENT'" }),
  },
  'that trusts nobody who makes a trigger': {
    ...both({ log_bin_trust_function_creators: '0' }),
    refused: /^0002_visits\.sql failed at step 4 of 6: ER_BINLOG_CREATE_ROUTINE_NEED_SUPER \(1419\)/,
  },
  'with TLS only': both({ require_secure_transport: '1' }),
  'with partial_revokes': onMysql({ partial_revokes: '1' }),
};

/** What has to be said when the server is started, or even when its data are made. */
const STARTS: Readonly<Record<string, { readonly both: readonly string[]; readonly mysql: readonly string[] }>> = {
  'whose names are small': { both: ['--lower-case-table-names=1'], mysql: [] },
  'without a performance schema, with global transaction ids': {
    both: ['--performance-schema=OFF', '--log-bin=bin', '--server-id=1', '--log-bin-trust-function-creators=1'],
    mysql: ['--gtid-mode=ON', '--enforce-gtid-consistency=ON'],
  },
};

/** Nothing is forced to the disk; the binary log is on, as on an Aurora that others follow. */
const LOGGING = [
  '--innodb-flush-log-at-trx-commit=0',
  '--loose-innodb-flush-method=nosync',
  '--log-bin=bin',
  '--server-id=1',
  '--sync-binlog=0',
];

describeEachStartable(servers(), 'on a server like $name', (server) => {
  const { kind } = server;
  let database: Database;
  let root: Connection;
  let scene: Scene;
  const before = new Map<string, string>();

  async function start(args: readonly string[], fast: boolean): Promise<void> {
    database = await startAnother(server, { fast, args });
    const { host, port, user, password, caFile } = database;
    root = await createConnection({ host, port, user, password, ssl: { ca: readFileSync(caFile!) } });
    await root.query(`CREATE USER ${MASTER.user}@'%' IDENTIFIED BY '${MASTER.password}'`);
    await root.query(`GRANT ${MAY} ON *.* TO ${MASTER.user}@'%'`);
  }
  async function stop(): Promise<void> {
    root.destroy();
    await database.stop();
  }
  async function set(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      const [rows] = await root.query(`SELECT @@GLOBAL.${name} AS value`);
      if (!before.has(name)) before.set(name, String((rows as { readonly value: unknown }[])[0]?.value));
      await root.query(`SET GLOBAL ${name} = ${value}`);
    }
  }
  async function putBack(): Promise<void> {
    for (const [name, value] of before)
      await root.query(`SET GLOBAL ${name} = ${/^[\d.]+$/.test(value) ? value : `'${value}'`}`);
    before.clear();
  }
  const setTheScene = async (how = 'CHARACTER SET utf8mb4'): Promise<ServerStory> => {
    scene = await Scene.start({ ...toTestServer(database), ...MASTER });
    await scene.sql(`ALTER DATABASE ${scene.name} ${how}`);
    // As the sessions of the function, so that what the tests compare is of one collation.
    await scene.sql('SET NAMES utf8mb4');
    return new ServerStory(scene);
  };
  afterEach(async () => {
    await putBack();
    await scene.end();
  });

  describe('that runs', () => {
    beforeAll(() => start(LOGGING, false));
    afterAll(stop);

    const here = Object.entries(OPTIONS).filter(([, option]) => option[kind] !== null);
    test.each(here)('%s, a release fails, is rolled back and goes live, and nothing is lost', async (_name, option) => {
      // First: the session that looks on stays as it is.
      const story = await setTheScene(option.database);
      await set({ ...TRUSTING, ...option[kind] });
      if (option.refused === undefined) await story.tell();
      else
        await story.isRefused(option.refused, async () => {
          await putBack();
          await set(TRUSTING);
        });
    });

    const readOnly = { read_only: '1', ...(kind === 'mysql' && { super_read_only: '1' }) };
    test(`with ${Object.keys(readOnly).join(' and ')}, nothing is run, and the reason says so`, async () => {
      const story = await setTheScene();
      await set(TRUSTING);
      const allow = async (): Promise<void> => {
        await putBack();
        await set(TRUSTING);
      };
      await story.isReadOnly(() => set(readOnly), allow);
    });
  });

  describe.each(Object.entries(STARTS))('%s', (_name, args) => {
    beforeAll(() => start([...args.both, ...(kind === 'mysql' ? args.mysql : [])], args.mysql.length === 0));
    afterAll(stop);

    test('a release fails, is rolled back and goes live, and nothing is lost', async () => {
      await (await setTheScene()).tell();
    });
  });
});
