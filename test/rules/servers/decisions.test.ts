import { randomBytes } from 'node:crypto';
import { databaseOf } from '../../../lambda/edges/database/database-of';
import { noteStackStatus } from '../../../lambda/journal/settle';
import { FIRST, release, Scene, SECOND, USER } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const row = async (columns: string, name: string): Promise<unknown> =>
    (await scene.sql(`SELECT ${columns} FROM ${scene.name}.migration WHERE name = '${name}'`))[0];

  test('decision "order of checks": nothing is written or cancelled before "stale?"', async () => {
    await scene.created(FIRST);
    const [older, newer] = [scene.update(FIRST, SECOND), scene.update(FIRST, SECOND)];
    await expect(scene.run(newer, SECOND, dyingAt(scene, 'CREATE TABLE orders', 'before'))).rejects.toThrow(
      ProcessDied,
    );
    const tables = async (): Promise<unknown> => [
      await scene.sql(`SELECT * FROM ${scene.name}.migration`),
      await scene.sql(`SELECT * FROM ${scene.name}.migration_deployment`),
    ];
    const before = await tables();
    for (const stale of [older, { ...scene.update(SECOND, FIRST), request: older.request }]) {
      expect(await scene.run(stale, SECOND)).toMatchObject({ kind: 'silent' });
      expect(await tables()).toEqual(before);
    }
  });

  test('decision "counters": stepsDone is frozen and the chosen down list is stored once reverting starts', async () => {
    await scene.created(FIRST);
    const code = release({
      '0001_user': USER,
      '0002_steps': migration(
        'CREATE TABLE a (id INT); CREATE TABLE b (id INT); CREATE TABLE c (id INT); CREATE TABLE user (id INT)',
        'DROP TABLE c; DROP TABLE b; DROP TABLE a',
      ),
    });
    const columns = 'state, stepsDone, stepsTotal, downStepsDone, downs IS NOT NULL AS hasDowns';
    const update = scene.update(FIRST, code);
    await expect(scene.run(update, code, dyingAt(scene, 'DROP TABLE b', 'before'))).rejects.toThrow(ProcessDied);
    expect(await row(columns, '0002_steps')).toEqual({
      state: 'reverting',
      stepsDone: 3,
      stepsTotal: 4,
      downStepsDone: 1,
      hasDowns: 1,
    });
    // The rollback goes on at the second statement; the first would fail.
    expect(await scene.updated(code, FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_steps' },
    });
  });

  test.each([
    ['a table of somebody else', 'CREATE TABLE theirs (id INT)', 'table theirs'],
    ['a column of somebody else', 'ALTER TABLE user ADD COLUMN theirs INT', 'table user'],
    ['partitions', 'ALTER TABLE parted ADD PARTITION (PARTITION p1 VALUES LESS THAN (200))', 'table parted'],
  ])(
    'decision "schema differs after a revert": SUCCESS with Data.Drift, log and alarm: %s',
    async (_what, ddl, named) => {
      await scene.sql('CREATE TABLE parted (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100))');
      await scene.created(FIRST);
      await scene.updated(FIRST, SECOND);
      await scene.sql(ddl);
      const answer = await scene.updated(SECOND, FIRST);
      expect(answer.status).toBe('SUCCESS');
      expect(answer.data.Drift).toContain(named.split(' ')[1]);
      expect(scene.logged).toContainEqual(expect.objectContaining({ level: 'error' }));
    },
  );

  test('decision "schema differs after a revert": a definer is a difference', async () => {
    await scene.sql('CREATE VIEW report AS SELECT 1 AS n');
    await scene.created(FIRST);
    await scene.updated(FIRST, SECOND);
    await scene.sql("ALTER DEFINER = 'mysql.sys'@'localhost' VIEW report AS SELECT 1 AS n");
    const answer = await scene.updated(SECOND, FIRST);
    expect([answer.status, answer.data.Drift]).toEqual(['SUCCESS', expect.stringContaining('report')]);
  });

  test.each(["INSERT INTO user (email) VALUES ('x@example.com')", 'ANALYZE TABLE user'])(
    'decision "schema differs after a revert": AUTO_INCREMENT and statistics are left out: %s',
    async (statement) => {
      await scene.created(FIRST);
      await scene.updated(FIRST, SECOND);
      await scene.sql(statement);
      const { data } = await scene.updated(SECOND, FIRST);
      expect(data.Drift).toBe('');
    },
  );

  test('decision "adoption": the table of the article is altered once, and its code can still insert', async () => {
    await scene.sql(
      'CREATE TABLE migration (createdAt DATETIME NOT NULL, updatedAt DATETIME NOT NULL, name VARCHAR(255) NOT NULL PRIMARY KEY)',
    );
    await scene.sql("INSERT INTO migration VALUES (NOW(), NOW(), '0001_user.js')");
    await scene.sql('CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE)');
    const session = scene.session();
    const alterations: string[] = [];
    const write = (sql: string) => {
      if (/^ALTER TABLE .*`migration`/.test(sql)) alterations.push(sql);
      return session.database.write(sql);
    };
    const answer = await scene.created(SECOND, {
      connect: scene.connectingTo(session, { write }),
    });
    expect(answer).toMatchObject({ status: 'SUCCESS', data: { Applied: '0002_name, 0003_orders' } });
    expect(alterations).toHaveLength(1);
    await scene.sql("INSERT INTO migration (createdAt, updatedAt, name) VALUES (NOW(), NOW(), '0009_other.js')");
    expect(await row('state, irreversible, script IS NULL AS isForeign', '0001_user.js')).toMatchObject({
      isForeign: 1,
    });
  });

  describe('decision "half-applied row, and the next release has another or no such file"', () => {
    const half = (table: string) =>
      release({
        '0001_user': USER,
        '0002_half': migration(
          `CREATE TABLE first_step (id INT); CREATE TABLE ${table} (id INT)`,
          `DROP TABLE ${table}; DROP TABLE first_step`,
        ),
      });
    const old = half('old_text');
    beforeEach(async () => {
      await scene.created(FIRST);
      const dying = dyingAt(scene, 'CREATE TABLE old_text', 'before');
      await expect(scene.run(scene.update(FIRST, old), old, dying)).rejects.toThrow(ProcessDied);
    });

    test('its done steps are reverted, and the new text starts from the beginning', async () => {
      const next = half('new_text');
      expect(await scene.updated(old, next)).toMatchObject({ status: 'SUCCESS' });
      expect(Object.keys(await scene.schema())).toEqual(['table first_step', 'table new_text', 'table user']);
      expect(scene.logged).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/^reverting /) }));
    });

    test('its done steps are reverted where the release has no such file', async () => {
      const next = release({
        '0001_user': USER,
        '0003_other': migration('CREATE TABLE other (id INT)', 'DROP TABLE other'),
      });
      expect(await scene.updated(old, next)).toMatchObject({ status: 'SUCCESS' });
      expect(Object.keys(await scene.schema())).toEqual(['table other', 'table user']);
    });

    test('FAILED with repair where no vouched digest covers its script; nothing is resumed', async () => {
      const next = half('new_text');
      const before = await scene.schema();
      // CloudFormation never saw the release that died: neither of its digests vouches for it.
      const answer = await scene.updated(FIRST, next);
      expect(answer.status).toBe('FAILED');
      expect(answer.reason).toMatch(/\[(not-vouched|needs-repair)\]/);
      expect(await scene.schema()).toEqual(before);
    });
  });

  test('decision "script storage": a script above max_allowed_packet is whole in the journal before the first step', async () => {
    const noise = randomBytes(9 * 1024 * 1024).toString('base64');
    const big = release({
      '0001_big': `exports.up = ({ query }) => query('CREATE TABLE a (id INT)');\nexports.down = ({ query }) => query('DROP TABLE a');\n// ${noise}`,
    });
    await expect(scene.run(scene.create(big), big, dyingAt(scene, 'CREATE TABLE a', 'after'))).rejects.toThrow(
      ProcessDied,
    );
    const [stored] = await scene.sql('SELECT LENGTH(script) AS bytes, UNCOMPRESS(script) AS script FROM migration');
    expect(Number(stored?.['bytes'])).toBeGreaterThan(4 * 1024 * 1024);
    expect(String(stored?.['script']) === big.scripts.get('0001_big')).toBe(true);
  });

  test('decision "who creates the journal": a Delete, a rollback, a settling status and a refused Create make none', async () => {
    const without = release({ '0001_user': USER });
    await scene.run(scene.delete(FIRST), FIRST);
    await noteStackStatus(databaseOf(scene.outside, scene.name), {
      stackId: scene.stackId,
      status: 'CREATE_COMPLETE',
      at: Date.now(),
    });
    await scene.run(scene.update(SECOND, without), SECOND);
    expect(await scene.sql('SHOW TABLES')).toEqual([]);
    await scene.created(FIRST);
    expect(await scene.sql('SHOW TABLES')).toHaveLength(3);
  });
});
