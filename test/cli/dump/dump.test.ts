import { schemaSql, type SchemaSql } from '../../../cli/dump/schema-sql';
import type { DumpResult } from '../../../lambda/commands/dump';
import { splitStatements } from '../../../lib/script/statements';
import { invoke } from '../../integration/by-hand';
import { Scene, SECOND } from '../../integration/scene';
import { servers } from '../../servers';

const OBJECTS = `
CREATE TABLE user (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(60) NOT NULL DEFAULT 'it''s -- no comment; \\\\',
  born DATE NOT NULL DEFAULT '0000-00-00',
  upper VARCHAR(60) GENERATED ALWAYS AS (UPPER(name)) STORED,
  UNIQUE KEY name (name)
) COMMENT 'all of them';
CREATE TABLE book (id INT PRIMARY KEY, owner BIGINT UNSIGNED, CONSTRAINT owned FOREIGN KEY (owner) REFERENCES user (id));
CREATE TABLE a_note (at INT, FOREIGN KEY (at) REFERENCES book (id));
CREATE TABLE a_log (at INT, what TEXT) DEFAULT CHARSET latin1
  PARTITION BY RANGE (at) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
DELIMITER $$
CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC
BEGIN
  -- a comment with ;; and $ in it
  RETURN n * 2;
END$$
CREATE PROCEDURE fill() BEGIN INSERT INTO user (name) VALUES ('a'); SELECT ';;'; END$$
CREATE TRIGGER z_first BEFORE INSERT ON user FOR EACH ROW SET NEW.name = CONCAT(NEW.name, '1')$$
CREATE TRIGGER a_second BEFORE INSERT ON user FOR EACH ROW FOLLOWS z_first SET NEW.name = CONCAT(NEW.name, '2')$$
CREATE TRIGGER m_between BEFORE INSERT ON user FOR EACH ROW FOLLOWS z_first SET NEW.name = CONCAT(NEW.name, '3')$$
DELIMITER ;
CREATE VIEW z_base AS SELECT id, name FROM user WHERE name <> 'a_top';
CREATE VIEW a_top AS SELECT z.id AS z_base, twice(z.id) AS t, THIS.twice(1) AS u FROM z_base z JOIN user ON user.id = z.id;
CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO DELETE FROM user WHERE name = 'x';
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
CREATE PROCEDURE quoted() SELECT "name" || 'x' FROM "user";
CREATE TRIGGER quoted BEFORE UPDATE ON user FOR EACH ROW SET NEW."name" = NEW."name" || '';
CREATE EVENT quoted ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO DELETE FROM "user";
SET sql_mode = DEFAULT;
`;
const OF_MARIADB = `
CREATE SEQUENCE numbers START WITH 5;
CREATE TABLE numbered (id INT NOT NULL DEFAULT NEXTVAL(numbers) PRIMARY KEY, v INT) WITH SYSTEM VERSIONING;
`;

describe.each(servers())('a dump of $name', (server) => {
  let scene: Scene;
  let empty: Scene;
  beforeEach(async () => {
    scene = await Scene.start(server);
    empty = await Scene.start(server);
  });
  afterEach(() => Promise.all([scene.end(), empty.end()]));

  const load = async (into: Scene, sql: string): Promise<void> => {
    const split = splitStatements(sql);
    if (split.kind === 'unreadable') throw new Error(JSON.stringify(split));
    for (const statement of split.statements) await into.sql(statement.text);
  };
  const dumpOf = async (of: Scene): Promise<SchemaSql> => {
    return schemaSql((await invoke(of, SECOND, { command: 'dump' })) as DumpResult);
  };
  const make = async (into: Scene, sql: string): Promise<void> => {
    // Others may not make a function as long as there is a binary log.
    await load(
      into,
      `SET sql_mode = REPLACE(REPLACE(@@sql_mode, 'NO_ZERO_DATE', ''), 'NO_ZERO_IN_DATE', '');${sql.replace('THIS', into.name)}`,
    );
  };

  it('is loaded into an empty schema, and gives the same dump again', async () => {
    await scene.sql(`ALTER DATABASE ${scene.name} CHARACTER SET latin1`);
    await make(scene, OBJECTS + (server.kind === 'mariadb' ? OF_MARIADB : ''));
    await scene.sql(`ALTER DATABASE ${scene.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await make(scene, 'CREATE FUNCTION later(a VARCHAR(9)) RETURNS INT NO SQL RETURN 1;');
    const first = await dumpOf(scene);
    expect(first.leftOut).toEqual([]);
    expect(first.sql).not.toContain('DEFINER=');
    await load(empty, first.sql);
    expect((await dumpOf(empty)).sql).toBe(first.sql);
    expect(Object.keys(await empty.schema())).toEqual(Object.keys(await scene.schema()));

    await empty.sql("INSERT INTO user (name, born) VALUES ('x', '2026-01-01')");
    expect(await empty.sql('SELECT name FROM user')).toEqual([{ name: 'x132' }]);
    expect(await empty.sql('SELECT z_base, t, u FROM a_top')).toEqual([{ z_base: 1, t: 2, u: 2 }]);
    expect((await dumpOf(empty)).sql).toBe(first.sql);
  });

  it.each(['latin1', 'latin1 COLLATE latin1_bin', 'utf8mb3', 'utf8mb4', 'utf8mb4 COLLATE utf8mb4_bin'])(
    'leaves the database in its own character set where a routine was made under another one: %s',
    async (own) => {
      await scene.sql(`ALTER DATABASE ${scene.name} CHARACTER SET ascii`);
      await make(scene, 'CREATE PROCEDURE older(a VARCHAR(9)) SELECT 1; CREATE TABLE t (id INT);');
      await scene.sql(`ALTER DATABASE ${scene.name} CHARACTER SET ${own}`);
      await make(scene, 'CREATE PROCEDURE another(a VARCHAR(9)) SELECT 1;');
      const { sql } = await dumpOf(scene);
      await load(empty, sql);
      const collations = (of: Scene): Promise<unknown> =>
        of.sql(
          `SELECT DEFAULT_COLLATION_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '${of.name}' UNION ALL
           SELECT CONCAT(ROUTINE_NAME, DATABASE_COLLATION) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${of.name}'`,
        );
      expect(await collations(empty)).toEqual(await collations(scene));
      expect((await dumpOf(empty)).sql).toBe(sql);
    },
  );

  it('does not change with rows, counters and deployments, and has nothing of the journal', async () => {
    await scene.created(SECOND);
    const { sql } = await dumpOf(scene);
    expect(sql).not.toMatch(/migration|AUTO_INCREMENT=|DEFINER|INSERT/);
    await scene.sql("INSERT INTO user (email) VALUES ('b@example.com')");
    await scene.settle();
    expect((await dumpOf(scene)).sql).toBe(sql);
  });

  it('names a view that is broken, in place of one that cannot be loaded', async () => {
    // Beside a table whose name differs in the case of its letters only.
    await make(scene, 'CREATE TABLE user (id INT); CREATE TABLE Ids (id INT);');
    await make(scene, 'CREATE VIEW ids AS SELECT id FROM user; DROP TABLE user;');
    const { sql, leftOut } = await dumpOf(scene);
    expect(leftOut).toEqual(['the view ids, since what it is made of is gone']);
    await load(empty, sql);
    expect(Object.keys(await empty.schema())).toEqual(['table Ids']);
  });

  it('is none where the account may not see all of it', async () => {
    await make(scene, 'CREATE PROCEDURE hidden() SELECT 1;');
    await scene.sql(`CREATE USER ${scene.name}@'%' IDENTIFIED BY 'Se-cret1'`);
    try {
      await scene.sql(`GRANT EXECUTE, SELECT ON ${scene.name}.* TO ${scene.name}@'%'`);
      const limited = { ...server, user: scene.name, password: 'Se-cret1' };
      const other = Object.assign(Object.create(Object.getPrototypeOf(scene)) as Scene, scene, { server: limited });
      await expect(dumpOf(other)).rejects.toThrow('may not see the definition of the procedure hidden');
    } finally {
      await scene.sql(`DROP USER ${scene.name}@'%'`);
    }
  });
});
