import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { ORDERS, release, Scene } from '../scene';
import { RECORDED } from './recorded-histories';

const RELEASE = release({ '0001_create_user': ORDERS, '0002_add_name': ORDERS, '0003_orders': ORDERS });
const NAMES = (...names: readonly string[]): readonly string[] => [
  'CREATE TABLE SequelizeMeta (name VARCHAR(255) NOT NULL PRIMARY KEY)',
  ...names.map((name) => `INSERT INTO SequelizeMeta VALUES ('${name}')`),
];
const KNEX = [
  'CREATE TABLE knex_migrations (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), batch INT, migration_time TIMESTAMP)',
  "INSERT INTO knex_migrations VALUES (1, '0001_create_user.js', 1, NOW())",
  'CREATE TABLE knex_migrations_lock (`index` INT PRIMARY KEY, is_locked INT)',
  'INSERT INTO knex_migrations_lock VALUES (1, 1)',
];
const VERSIONS = (...versions: readonly string[]): readonly string[] => [
  'CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY)',
  ...versions.map((version) => `INSERT INTO schema_migrations VALUES ('${version}')`),
];

describe.each(servers())('another tool’s history on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const adopt = async (from: string, table?: string): Promise<unknown> =>
    invoke(scene, RELEASE, { command: 'adopt', from, ...(table !== undefined && { table }) });

  it.each([
    [
      'that is dirty',
      'golang-migrate',
      RECORDED['golang-migrate, which failed'],
      'says that version 3 is dirty: golang-migrate stopped half-way',
    ],
    [
      'with two versions',
      'golang-migrate',
      [...RECORDED['golang-migrate'], 'INSERT INTO schema_migrations VALUES (9, 0)'],
      'does not hold one version',
    ],
    [
      'in which a script failed',
      'flyway',
      RECORDED['flyway, which failed'],
      'V3__orders.sql failed: Flyway stopped in it',
    ],
    ['that is locked', 'knex', KNEX, 'knex holds its lock (knex_migrations_lock)'],
    ['that is empty', 'sequelize', NAMES(), 'SequelizeMeta holds no migration that is applied'],
    [
      'of other files',
      'umzug',
      NAMES('create-user.js'),
      'of what SequelizeMeta holds (create-user.js), the release has nothing; it has 0001_create_user, 0002_add_name',
    ],
    [
      'of another tool',
      'dbmate',
      RECORDED['golang-migrate'],
      'schema_migrations is not a table of dbmate: it has a column dirty',
    ],
    [
      'of yet another tool',
      'golang-migrate',
      VERSIONS('0001'),
      'schema_migrations is not a table of golang-migrate: it has no column dirty',
    ],
    [
      'that is not there',
      'knex',
      RECORDED['golang-migrate'],
      'has no table knex_migrations. There is schema_migrations (--from golang-migrate)',
    ],
    [
      'where there is none at all',
      'flyway',
      [],
      'has no table flyway_schema_history. There is no history of another tool that is known',
    ],
  ] as const)('%s is not adopted: --from %s', async (_, from, statements, message) => {
    for (const statement of statements) await scene.sql(statement);
    expect(await adopt(from)).toMatchObject({
      kind: 'refused',
      failure: { code: 'cannot-adopt', message: expect.stringMatching(/nothing was written$/) },
    });
    expect(JSON.stringify(await adopt(from))).toContain(message);
    expect(await scene.sql("SHOW TABLES LIKE 'migration%'")).toEqual([]);
  });

  it('that has more, or less, is shown with what is missing', async () => {
    for (const statement of VERSIONS('0000', '0001')) await scene.sql(statement);
    expect(await adopt('dbmate')).toMatchObject({
      record: [{ name: '0001_create_user' }],
      ...{ unknown: ['0000'], pending: ['0002_add_name', '0003_orders'], late: [] },
    });
    await scene.sql("UPDATE schema_migrations SET version = '0003' WHERE version = '0000'");
    expect(await adopt('dbmate')).toMatchObject({
      record: [{ name: '0001_create_user' }, { name: '0003_orders' }],
      ...{ unknown: [], pending: ['0002_add_name'], late: ['0002_add_name'] },
    });
  });

  it('under another name is found by that', async () => {
    for (const statement of NAMES('0001_create_user.ts')) await scene.sql(statement);
    await scene.sql('RENAME TABLE SequelizeMeta TO `done so far`');
    expect(await adopt('umzug', 'done so far')).toMatchObject({
      table: 'done so far',
      record: [{ theirs: '0001_create_user.ts' }],
    });
  });

  it('tells what of Flyway does not go along, and the checksums that it has', async () => {
    for (const statement of RECORDED.flyway) await scene.sql(statement);
    expect(await adopt('flyway')).toMatchObject({
      record: [{ checksum: '1302393084' }, { checksum: '-54203938' }],
      notes: [expect.stringMatching(/^R__named.sql is repeatable and does not go along/)],
    });
  });

  it('in the table migration needs no adopting: the first deployment does it', async () => {
    await scene.sql('CREATE TABLE migration (name VARCHAR(255) NOT NULL PRIMARY KEY)');
    await scene.sql("INSERT INTO migration VALUES ('0001_create_user.js'), ('0002_add_name.js')");
    expect(await adopt('umzug', 'migration')).toMatchObject({
      record: [],
      already: ['0001_create_user', '0002_add_name'],
    });
  });
});
