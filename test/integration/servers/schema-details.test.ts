import { describeDrift } from '../../../lambda/schema/schema-drift';
import { readSchema, schemaDigest } from '../../../lambda/look/fingerprint';
import { databaseOf } from '../../../lambda/edges/database/database-of';
import type { SchemaSnapshot } from '../../../lambda/schema/inventory';
import { servers } from '../../servers';
import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { release, Scene, USER, type Release } from '../scene';

/** What a release changes, by hand or in a migration, and how the difference is told where it is not reverted. */
interface Change {
  readonly what: string;
  readonly on?: 'mariadb' | 'mysql';
  readonly given?: readonly string[];
  readonly up: string;
  readonly down: string;
  readonly drift: RegExp;
}

const ORACLE = 'SET sql_mode = ORACLE;';

const CHANGES: readonly Change[] = [
  {
    what: "the database's character set",
    up: 'ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci',
    down: 'ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    drift:
      /^database scene_\w+ is changed \(without DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin and with DEFAULT CHARACTER SET latin1\b[^)]*\)$/,
  },
  {
    what: "the database's collation alone, in other words",
    up: 'ALTER SCHEMA DEFAULT COLLATE = utf8mb4_unicode_ci',
    down: 'ALTER SCHEMA COLLATE utf8mb4_bin',
    drift: /^database scene_\w+ is changed \(without .* COLLATE utf8mb4_bin and with .* COLLATE utf8mb4_unicode_ci\)$/,
  },
  {
    what: "the database's comment",
    on: 'mariadb',
    up: "ALTER DATABASE COMMENT = 'it''s `new` */ -- '",
    down: "ALTER DATABASE COMMENT ''",
    drift: /^database scene_\w+ is changed \(with COMMENT 'it''s `new` \*\/ -- '\)$/,
  },
  {
    what: "the database's encryption",
    on: 'mysql',
    up: "ALTER DATABASE DEFAULT ENCRYPTION = 'Y'",
    down: "ALTER DATABASE DEFAULT ENCRYPTION = 'N'",
    // The server then shows of tables that they are not encrypted.
    drift: /database scene_\w+ is changed \(without DEFAULT ENCRYPTION='N' and with DEFAULT ENCRYPTION='Y'\)$/,
  },
  {
    what: 'a sequence',
    on: 'mariadb',
    given: ['CREATE SEQUENCE number INCREMENT BY 1'],
    up: 'ALTER SEQUENCE number INCREMENT BY 10',
    down: 'ALTER SEQUENCE number INCREMENT BY 1',
    drift: /^table number is changed \(without CREATE SEQUENCE .* increment by 1 .* and with .* increment by 10 .*\)$/,
  },
  {
    what: 'a package',
    on: 'mariadb',
    up: `${ORACLE} CREATE PACKAGE tools AS FUNCTION one RETURN INT`,
    down: `${ORACLE} DROP PACKAGE tools`,
    drift: /^package tools is new$/,
  },
  {
    what: 'the body of a package',
    on: 'mariadb',
    given: ['SET sql_mode = ORACLE', 'CREATE PACKAGE tools AS FUNCTION one RETURN INT; END'],
    up: `${ORACLE} CREATE PACKAGE BODY tools AS FUNCTION one RETURN INT AS BEGIN RETURN 1`,
    down: `${ORACLE} DROP PACKAGE BODY tools`,
    drift: /^package body tools is new$/,
  },
  {
    what: 'a library',
    on: 'mysql',
    given: ["CREATE LIBRARY tools LANGUAGE JAVASCRIPT AS 'export function one() { return 1 }'"],
    up: "DROP LIBRARY tools; CREATE LIBRARY tools LANGUAGE JAVASCRIPT AS 'export function one() { return 2 }'",
    down: "DROP LIBRARY tools; CREATE LIBRARY tools LANGUAGE JAVASCRIPT AS 'export function one() { return 1 }'",
    drift: /^library tools is changed \(without .*return 1.* and with .*return 2.*\)$/,
  },
  {
    what: 'the order in which triggers fire',
    given: [
      'CREATE TRIGGER first BEFORE INSERT ON user FOR EACH ROW SET @a = 1',
      'CREATE TRIGGER second BEFORE INSERT ON user FOR EACH ROW SET @a = 2',
    ],
    up: 'DROP TRIGGER first; CREATE TRIGGER first BEFORE INSERT ON user FOR EACH ROW SET @a = 1',
    down: 'DROP TRIGGER first; CREATE TRIGGER first BEFORE INSERT ON user FOR EACH ROW PRECEDES second SET @a = 1',
    drift: /trigger second is changed \(without FOLLOWS first\)/,
  },
  {
    what: "a routine's view of the database's collation",
    given: ['CREATE PROCEDURE tidy(name VARCHAR(9)) SELECT name'],
    up: 'ALTER DATABASE COLLATE utf8mb4_unicode_ci; DROP PROCEDURE tidy; CREATE PROCEDURE tidy(name VARCHAR(9)) SELECT name',
    down: 'ALTER DATABASE COLLATE utf8mb4_bin; DROP PROCEDURE tidy; CREATE PROCEDURE tidy(name VARCHAR(9)) SELECT name',
    drift:
      /procedure tidy is changed \(without database collation utf8mb4_bin and with database collation utf8mb4_unicode_ci\)/,
  },
];

describe.each(servers())('what SHOW CREATE of tables and routines does not show, on $name:', (server) => {
  const first = release({ '0001_user': USER });
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql(`ALTER DATABASE ${scene.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  });

  const schema = (): Promise<SchemaSnapshot> => readSchema(databaseOf(scene.outside, scene.name));
  const changes = CHANGES.filter(({ on = server.kind }) => on === server.kind);
  const withChange = (up: string, down: string): Release =>
    release({ '0001_user': USER, '0002_change': `-- migrate:up\n${up};\n-- migrate:down\n${down};` });
  const start = async ({ given = [] }: Change): Promise<SchemaSnapshot> => {
    await scene.created(first);
    await scene.settle();
    for (const statement of given) await scene.sql(statement);
    return schema();
  };
  /** The statement's own semicolons must not end it: bodies stand in a file behind DELIMITER. */
  const bodies = (text: string): string =>
    text.includes('PACKAGE') && text.startsWith(ORACLE)
      ? `${ORACLE}\nDELIMITER //\n${text.slice(ORACLE.length)}; END${text.includes('BODY') ? '; END' : ''} //\nDELIMITER ;\nSET sql_mode = DEFAULT`
      : text;

  it.each(changes)('$what is compared after a rollback whose down leaves it', async (change) => {
    const before = await start(change);
    const second = withChange(bodies(change.up), 'DO 0');
    expect(await scene.updated(first, second)).toMatchObject({ status: 'SUCCESS' });

    const answer = await scene.updated(second, first);

    expect(answer).toMatchObject({ status: 'SUCCESS', data: { Drift: expect.stringMatching(change.drift) as string } });
    expect(describeDrift(before, await schema())).toMatch(change.drift);
  });

  it.each(changes)('$what is as it was after a rollback whose down sets it back', async (change) => {
    const before = await start(change);
    const second = withChange(bodies(change.up), change.down);
    expect(await scene.updated(first, second)).toMatchObject({ status: 'SUCCESS' });

    expect(await scene.updated(second, first)).toMatchObject({
      status: 'SUCCESS',
      data: { Drift: '' },
    });
    expect(await schema()).toEqual(before);
  });

  it('a failed deployment reverts the properties of the database with the steps that were done', async () => {
    const before = await start(changes[0]!);
    for (const [up, down] of [
      [`CREATE TABLE b (id INT); ALTER DATABASE COLLATE utf8mb4_unicode_ci`, `ALTER DATABASE COLLATE utf8mb4_bin`],
      [
        `ALTER DATABASE \`${scene.name}\` COLLATE utf8mb4_unicode_ci; CREATE TABLE b (id INT)`,
        `ALTER DATABASE COLLATE utf8mb4_bin`,
      ],
    ] as const) {
      const broken = withChange(`${up}; CREATE TABLE user (id INT)`, `${down}; DROP TABLE b`);
      const answer = await scene.updated(first, broken);
      expect(answer).toMatchObject({ status: 'FAILED', data: { Drift: '' } });
      expect(await schema()).toEqual(before);
    }
  });

  it('a property whose step was not done is left alone, and what was done is reverted', async () => {
    const before = await start(changes[0]!);
    const broken = withChange(
      'CREATE TABLE b (id INT); CREATE TABLE user (id INT); ALTER DATABASE COLLATE utf8mb4_unicode_ci',
      // Not what it was: running it would be seen.
      'ALTER DATABASE COLLATE utf8mb4_general_ci; DROP TABLE b',
    );
    const answer = await scene.updated(first, broken);
    expect(answer).toMatchObject({ status: 'FAILED', data: { Drift: '' } });
    expect(await schema()).toEqual(before);
  });

  it.each(['before', 'after'] as const)(
    'the process dies %s an ALTER DATABASE without a name: that step is known to be done or not, and reverted',
    async (when) => {
      const before = await start(changes[0]!);
      const second = withChange(
        'CREATE TABLE b (id INT); ALTER DATABASE COLLATE utf8mb4_unicode_ci; CREATE TABLE c (id INT)',
        'DROP TABLE c; ALTER DATABASE COLLATE utf8mb4_bin; DROP TABLE b',
      );
      const update = scene.update(first, second);
      await expect(scene.run(update, second, dyingAt(scene, 'ALTER DATABASE', when))).rejects.toThrow(ProcessDied);
      await scene.unlocked();

      expect(await scene.updated(second, first)).toMatchObject({
        status: 'SUCCESS',
        data: { Reverted: '0002_change', Drift: '' },
      });
      expect(await schema()).toEqual(before);
    },
  );

  it('a schema that older code has noted has no difference in them', async () => {
    await start(changes[0]!);
    const second = withChange('ALTER DATABASE COLLATE utf8mb4_unicode_ci; CREATE TABLE b (id INT)', 'DROP TABLE b');
    await scene.updated(first, second);
    const [row] = await scene.sql(
      "SELECT id, UNCOMPRESS(schemaBeforeText) AS text FROM migration_deployment WHERE type = 'Update'",
    );
    const { objects } = JSON.parse(String(row?.['text'])) as SchemaSnapshot;
    await scene.sql(
      `UPDATE migration_deployment SET schemaBeforeText = COMPRESS('${JSON.stringify({ objects }).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')
       WHERE id = ${String(row?.['id'])}`,
    );
    expect(await scene.updated(second, first)).toMatchObject({ data: { Drift: '' } });
  });

  it('a sequence that counts on, and rows that come, are no difference', async () => {
    await start({ ...changes[0]!, given: server.kind === 'mariadb' ? ['CREATE SEQUENCE number CACHE 2'] : [] });
    const before = await schema();
    await scene.sql("INSERT INTO user (email) VALUES ('a')");
    if (server.kind === 'mariadb') for (let count = 0; count < 5; count += 1) await scene.sql('SELECT NEXTVAL(number)');
    expect(await schema()).toEqual(before);
  });

  it('older code finds in the digest and in the objects what it has always found there', async () => {
    await start(changes[0]!);
    const before = await schema();
    await scene.sql(`ALTER DATABASE ${scene.name} COLLATE utf8mb4_unicode_ci`);
    const after = await schema();
    expect(describeDrift(before, after)).not.toBeNull();
    expect(describeDrift({ objects: before.objects }, { objects: after.objects })).toBeNull();
    expect(schemaDigest(after)).toBe(schemaDigest({ objects: before.objects }));
    expect(new Set(after.objects.map(({ kind }) => kind))).toEqual(new Set(['table']));
  });
});
