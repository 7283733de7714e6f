import type { Connection } from 'mysql2/promise';
import { connectTo } from '../../../rehearsal/servers/connect';
import { differences, dumpSchema, type SchemaDump } from '../../../rehearsal/servers/schema-dump';
import { servers, type TestServer } from '../../servers';

const NAME = 'second_look';

describe.each(servers())('the look from outside, on $name', (server) => {
  let connection: Connection;
  beforeEach(async () => {
    connection = await connectTo(server);
    await connection.query(`CREATE DATABASE ${NAME} CHARACTER SET utf8mb4`);
    await connection.query(`USE ${NAME}`);
    await connection.query('CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, KEY ka (a), KEY kb (b))');
  });
  afterEach(async () => {
    await connection.query(`DROP DATABASE ${NAME}`);
    await connection.end();
  });

  const look = (): Promise<SchemaDump> => dumpSchema(server, NAME);
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await connection.query(statement);
  };
  /** What one look and the next do not have in common, with statements between them. */
  const changedBy = async (...statements: readonly string[]): Promise<readonly string[]> => {
    const before = await look();
    await run(...statements);
    return differences(before, await look());
  };

  const MODES = ["SET sql_mode = 'NO_ENGINE_SUBSTITUTION'", "SET sql_mode = 'STRICT_ALL_TABLES'"];
  it.each([
    ['procedure', 'CREATE PROCEDURE p() SELECT 1'],
    ['function', 'CREATE FUNCTION p() RETURNS INT DETERMINISTIC NO SQL RETURN 1'],
    ['trigger', 'CREATE TRIGGER p BEFORE INSERT ON t FOR EACH ROW SET @a = 1'],
    ['event', 'CREATE EVENT p ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1'],
  ])('tells one sql_mode of a %s from another', async (kind, create) => {
    const [before = '', after = ''] = MODES;
    await run(before, create);

    expect(await changedBy(after, `DROP ${kind} p`, create)).toEqual([`${kind} p`]);
    expect(await changedBy(before, `DROP ${kind} p`, create)).toEqual([`${kind} p`]);
    expect(await changedBy(before, `DROP ${kind} p`, create)).toEqual([]);
  });

  it('tells in which order triggers of one moment fire', async () => {
    const trigger = (name: string): string => `CREATE TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW SET @a = 1`;
    await run(trigger('a'), trigger('b'));

    expect(await changedBy('DROP TRIGGER a', trigger('a'))).toEqual(['trigger a', 'trigger b']);
    expect(await changedBy('DROP TRIGGER b', trigger('b'))).toEqual(['trigger b', 'trigger a']);
    expect(await changedBy('DROP TRIGGER b', trigger('b').replace('SET', 'FOLLOWS a SET'))).toEqual([]);
  });

  it('tells what character set the database has, and with which one a routine was made', async () => {
    const create = 'CREATE PROCEDURE p() SELECT 1';
    await run(create);

    expect(await changedBy('ALTER DATABASE CHARACTER SET latin1')).toEqual(['the database itself']);
    expect(await changedBy('DROP PROCEDURE p', create)).toEqual(['procedure p']);
  });

  it('does not mind in which order indexes were made, but where that of the rows depends on it', async () => {
    await run('CREATE TABLE u (a INT NOT NULL, b INT NOT NULL, UNIQUE KEY ua (a), UNIQUE KEY ub (b))');

    expect(await changedBy('ALTER TABLE t DROP KEY ka', 'ALTER TABLE t ADD KEY ka (a)')).toEqual([]);
    expect(await changedBy('ALTER TABLE u DROP KEY ua', 'ALTER TABLE u ADD UNIQUE KEY ua (a)')).toEqual(['table u']);
  });

  it('sees a view of tables that are gone', async () => {
    await run('CREATE VIEW v AS SELECT a FROM t');

    expect(await changedBy('ALTER TABLE t DROP COLUMN a')).toEqual(expect.arrayContaining(['table t']));
    expect([...(await look()).objects.keys()]).toContain('view v');
  });

  it.each(own(server))('sees %s, and how they are made', async (_what, made, changes) => {
    await run(...made);
    for (const [statements, seen] of changes) expect(await changedBy(...statements)).toEqual(seen);
  });
});

type Own = readonly [
  what: string,
  made: readonly string[],
  changes: readonly (readonly [statements: readonly string[], seen: readonly string[]])[],
];

/** What only one of the servers has. */
function own({ kind, version }: TestServer): readonly Own[] {
  const body = (result: number): string =>
    `CREATE OR REPLACE PACKAGE BODY k AS FUNCTION f RETURN INT AS BEGIN RETURN ${result}; END; END`;
  const library = (text: string): string => `CREATE LIBRARY l LANGUAGE JAVASCRIPT AS '${text}'`;
  if (kind === 'mariadb')
    return [
      [
        'sequences and packages',
        ['CREATE SEQUENCE s', "SET sql_mode = 'ORACLE'", 'CREATE PACKAGE k AS FUNCTION f RETURN INT; END', body(1)],
        [
          [["SET sql_mode = ''", 'SELECT NEXT VALUE FOR s'], []],
          [['ALTER SEQUENCE s INCREMENT 5'], ['sequence s']],
          [["SET sql_mode = 'ORACLE'", body(2)], ['package body k']],
        ],
      ],
    ];
  const libraries: Own = [
    'libraries',
    [],
    [
      [[library('export const a = 1;')], ['library l']],
      [['DROP LIBRARY l', library('export const a = 2;')], ['library l']],
    ],
  ];
  const events: Own = ['events', [], [[['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1'], ['event e']]]];
  return Number.parseFloat(version) >= 9.2 ? [libraries, events] : [events];
}
