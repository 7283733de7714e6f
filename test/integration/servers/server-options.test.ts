import { type Connection, createConnection } from 'mysql2/promise';
import { readFileSync } from 'node:fs';
import type { Database } from '../../../rehearsal/servers/database-types';
import { servers, toTestServer } from '../../servers';
import { describeEachStartable, startAnother } from '../../startable-servers';
import { Scene } from '../scene';
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

/** Without it nobody but an administrator makes a trigger where there is a binary log. */
const TRUSTING = { log_bin_trust_function_creators: '1' };

const OLD = {
  default_storage_engine: 'MyISAM',
  explicit_defaults_for_timestamp: '0',
  character_set_server: 'utf8mb3',
};
const ANSI = "'ANSI,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'";
const IMPATIENT = {
  lock_wait_timeout: '1',
  innodb_lock_wait_timeout: '1',
  max_allowed_packet: '16384',
  collation_server: 'utf8mb4_general_ci',
};

/** What a parameter group can set while the server runs: what does not touch each other together, so that it takes less time. */
const OPTIONS: Readonly<Record<string, Option>> = {
  'with sql_require_primary_key': {
    mysql: { sql_require_primary_key: '1' },
    mariadb: null,
    refused: /^0002_visits\.sql failed at step 3 of 6 \(line \d+\): ER_TABLE_WITHOUT_PK \(3750\)/,
  },
  'with a binary log, that trusts nobody who makes a trigger': {
    mysql: { log_bin_trust_function_creators: '0' },
    mariadb: { log_bin_trust_function_creators: '0' },
    refused: /^0002_visits\.sql failed at step 4 of 6 \(line \d+\): ER_BINLOG_CREATE_ROUTINE_NEED_SUPER \(1419\)/,
  },
  'with invisible keys that it does not show': {
    mysql: {
      sql_generate_invisible_primary_key: '1',
      sql_require_primary_key: '1',
      show_gipk_in_create_table_and_information_schema: '0',
    },
    mariadb: null,
  },
  'of old: MyISAM, old TIMESTAMPs, utf8mb3, no sql_mode': {
    mysql: { ...OLD, sql_mode: "''" },
    mariadb: { ...OLD, sql_mode: "''" },
    database: 'CHARACTER SET utf8mb3',
  },
  'in ANSI mode, of latin1': {
    mysql: { sql_mode: ANSI, character_set_server: 'latin1' },
    mariadb: { sql_mode: ANSI, character_set_server: 'latin1' },
    database: 'CHARACTER SET latin1',
  },
  'without patience, with packets of 16 KiB and an old collation': {
    mysql: { ...IMPATIENT, max_execution_time: '1', default_collation_for_utf8mb4: 'utf8mb4_general_ci' },
    mariadb: { ...IMPATIENT, max_statement_time: '0.001' },
    database: 'CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
  },
  'with TLS only, partial_revokes, and a binary log of statements': {
    mysql: { require_secure_transport: '1', partial_revokes: '1', binlog_format: "'STATEMENT'" },
    mariadb: { require_secure_transport: '1', binlog_format: "'STATEMENT'" },
  },
};

/** What has to be said at the start. Nothing is forced to the disk; the binary log is on, as on a cluster that others follow. */
const STARTED = {
  both: [
    '--innodb-flush-log-at-trx-commit=0',
    '--loose-innodb-flush-method=nosync',
    '--log-bin=bin',
    '--server-id=1',
    '--sync-binlog=0',
    '--performance-schema=OFF',
  ],
  mysql: ['--gtid-mode=ON', '--enforce-gtid-consistency=ON'],
  mariadb: [],
};

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
    scene = await Scene.start({ ...toTestServer(database), ...MASTER, wantsTls: true });
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
    beforeAll(() => start([...STARTED.both, ...STARTED[kind]], false));
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

  describe('whose names are small', () => {
    beforeAll(() => start(['--lower-case-table-names=1'], true));
    afterAll(stop);

    test('a release fails, is rolled back and goes live, and nothing is lost', async () => {
      await (await setTheScene()).tell();
    });
  });
});
