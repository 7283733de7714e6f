import { isLosslessThereAndBack } from '../../../lambda/schema/lossless';
import { stepOf } from '../../../lambda/sql/step';
import { describeEach, servers } from '../../servers';
import { Scene } from '../scene';

const EXAMPLES: readonly { readonly up: readonly string[]; readonly down: readonly string[] }[] = [
  { up: ['ALTER TABLE user DROP COLUMN email'], down: ['ALTER TABLE user ADD COLUMN email VARCHAR(190) NULL'] },
  {
    up: ['ALTER TABLE user DROP COLUMN email, DROP INDEX by_login'],
    down: [
      "ALTER TABLE user ADD email VARCHAR(190) NOT NULL DEFAULT '' AFTER login, ADD INDEX by_login (login(5) DESC, id)",
    ],
  },
  {
    up: ['ALTER TABLE user DROP email, ALGORITHM=INPLACE, LOCK=NONE'],
    down: ['ALTER TABLE user ADD email DATETIME(3) NULL DEFAULT NULL'],
  },
  {
    up: ['ALTER TABLE user DROP email'],
    down: ["ALTER TABLE user ADD email DECIMAL(10,2) UNSIGNED NOT NULL DEFAULT 0.5 COMMENT 'x' FIRST"],
  },
  { up: ['DROP INDEX by_login ON user'], down: ['CREATE INDEX by_login ON user (login, email) LOCK=NONE'] },
  {
    up: ['DROP VIEW logins', 'DROP TABLE legacy'],
    down: [
      'CREATE TABLE legacy (id INT PRIMARY KEY, a VARCHAR(9) UNIQUE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
      'CREATE VIEW logins AS SELECT login FROM user',
    ],
  },
];

/** All that live code of the release reads and writes; `email` is what it does without. */
const LIVE = 'SELECT id, login, changed FROM user ORDER BY id';
const AUDIT = 'SELECT login FROM audit ORDER BY login';

describeEach(servers(), 'on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    for (const statement of [
      `CREATE TABLE user (id INT AUTO_INCREMENT PRIMARY KEY, login VARCHAR(50) NOT NULL, email VARCHAR(190) NULL,
       changed DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), KEY by_login (login))`,
      'CREATE TABLE audit (login VARCHAR(50) NOT NULL)',
      'CREATE TRIGGER seen AFTER UPDATE ON user FOR EACH ROW INSERT INTO audit VALUES (NEW.login)',
      'CREATE TABLE legacy (id INT PRIMARY KEY)',
      'CREATE VIEW logins AS SELECT login FROM user',
    ])
      await scene.sql(statement);
  });

  const run = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await scene.sql(statement);
  };
  const rows = async (): Promise<unknown> => [await scene.sql(LIVE), await scene.sql(AUDIT)];
  const write = async (name: string): Promise<void> => {
    await scene.sql(`INSERT INTO user (login) VALUES ('${name}'), ('${name}')`);
    await scene.sql(`UPDATE user SET login = '${name}!' WHERE login = '${name}' LIMIT 1`);
  };

  test.each(EXAMPLES)('no row of live code changes: $up', async ({ up, down }) => {
    expect(isLosslessThereAndBack(up.map(stepOf), down.map(stepOf))).toBe(true);
    await write('before');
    await run(up);
    for (const statements of [down, up, down, up]) {
      await write('between');
      const written = await rows();
      await run(statements);
      expect(await rows()).toEqual(written);
    }
    await write('after');
  });

  test('an UPDATE that sets only a new column changes rows of live code, so it waits', async () => {
    const up = ['ALTER TABLE user DROP email'];
    const down = ['ALTER TABLE user ADD email VARCHAR(190) NULL', 'UPDATE user SET email = login'];
    await run(up);
    await write('x');
    const [users, audit] = [await scene.sql(LIVE), await scene.sql(AUDIT)];
    await run(down);
    expect(await scene.sql(LIVE)).not.toEqual(users);
    expect(await scene.sql(AUDIT)).not.toEqual(audit);
    expect(isLosslessThereAndBack(up.map(stepOf), down.map(stepOf))).toBe(false);
  });
});
