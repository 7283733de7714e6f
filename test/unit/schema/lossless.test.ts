import { isLosslessThereAndBack } from '../../../lambda/schema/lossless';
import { stepOf } from '../../../lambda/sql/step';

const DROP = 'ALTER TABLE user DROP COLUMN email';
const ADD = 'ALTER TABLE user ADD COLUMN email VARCHAR(190) NULL';
const table = (rest: string): string => `CREATE TABLE old ${rest}`;

test.each<[string, string | string[], string | string[]]>([
  ['a column', DROP, ADD],
  ['its name quoted and in another case', 'alter table `user` drop `Email`', ADD],
  ['comments', '-- x\nALTER /* y */ TABLE user DROP email # z', ADD],
  ['a default', DROP, "ALTER TABLE user ADD email VARCHAR(190) NOT NULL DEFAULT '' COMMENT 'UNIQUE' AFTER `login`"],
  ['a number', DROP, 'ALTER TABLE user ADD email DECIMAL(10,2) UNSIGNED NOT NULL DEFAULT 0.5 FIRST'],
  ['a date', DROP, 'ALTER TABLE user ADD email DATETIME(3) NULL DEFAULT NULL'],
  ['IF EXISTS', 'ALTER TABLE user DROP COLUMN IF EXISTS email', ADD],
  ['how it is done', `${DROP}, ALGORITHM=INPLACE, LOCK=NONE`, `${ADD}, ALGORITHM INSTANT`],
  [
    'several',
    `${DROP}, DROP INDEX i`,
    [ADD, 'CREATE INDEX i ON user (email(20) DESC, `id`) ALGORITHM=INPLACE LOCK=NONE'],
  ],
  ['an index', 'DROP INDEX i ON user', 'ALTER TABLE user ADD KEY i (a, b)'],
  [
    'a table',
    'DROP TABLE IF EXISTS old',
    table('(id INT PRIMARY KEY, a INT UNIQUE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4'),
  ],
  ['tables', 'DROP TABLE old, b', ['CREATE TABLE b (a INT)', table('(a INT)')]],
  ['a view', 'DROP VIEW v', 'CREATE VIEW v AS SELECT login FROM user'],
])('reverted and applied again without loss: %s', (_, up, down) => {
  expect(isLosslessThereAndBack([up].flat().map(stepOf), [down].flat().map(stepOf))).toBe(true);
});

test.each<[string, string | string[], string | string[]]>([
  ['a live row is updated', DROP, [ADD, 'UPDATE user SET email = login']],
  [
    'rows are copied before',
    ['UPDATE user SET name = CONCAT(first, last)', 'ALTER TABLE user DROP first'],
    'ALTER TABLE user ADD first TEXT',
  ],
  ['rows are copied back', 'DROP TABLE old', [table('(a INT)'), 'INSERT INTO old SELECT f(id) FROM user']],
  ['rows of its own', 'DROP TABLE old', table('(a INT) SELECT id AS a FROM user')],
  ['a query in parentheses', 'DROP TABLE old', table('(SELECT id FROM user)')],
  ['a foreign key', 'DROP TABLE old', table('(a INT REFERENCES user (id))')],
  ['another engine', 'DROP TABLE old', table('(a INT) ENGINE=MERGE UNION=(user) INSERT_METHOD=LAST')],
  ['another server', 'DROP TABLE old', table("(a INT) ENGINE=FEDERATED CONNECTION='mysql://x/y'")],
  ['a table where a view was', 'DROP VIEW old', table('(a INT)')],
  [
    'what may be there',
    'DROP TABLE old',
    table('IF NOT EXISTS (a INT)').replace('old IF NOT EXISTS', 'IF NOT EXISTS old'),
  ],
  ['OR REPLACE', 'DROP VIEW v', 'CREATE OR REPLACE VIEW v AS SELECT 1'],
  ['nothing comes back', DROP, []],
  ['not all comes back', 'ALTER TABLE user DROP email, DROP phone', ADD],
  ['more comes back', DROP, `${ADD}, ADD phone TEXT`],
  ['something else comes back', DROP, 'ALTER TABLE User ADD email TEXT'],
  ['the up makes', ADD, DROP],
  ['another database', 'ALTER TABLE app.user DROP email', 'ALTER TABLE app.user ADD email TEXT'],
  ['another database is used', ['USE b', DROP], ['USE b', ADD]],
  ['the session is set', ['SET foreign_key_checks = 0', DROP], ADD],
  ['an executable comment', `/*!80000 ${DROP} */`, ADD],
  ['a comment that runs on MariaDB', `${DROP} /*M! , DROP login */`, ADD],
  ['duplicates go', DROP, 'ALTER IGNORE TABLE user ADD email TEXT'],
  [
    'a partition goes',
    'ALTER TABLE user DROP PARTITION p',
    'ALTER TABLE user ADD PARTITION (PARTITION p VALUES LESS THAN (9))',
  ],
  [
    'a foreign key comes back',
    'ALTER TABLE user DROP FOREIGN KEY f',
    'ALTER TABLE user ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (id)',
  ],
  ['a check comes back', 'ALTER TABLE user DROP CHECK c', 'ALTER TABLE user ADD CONSTRAINT c CHECK (a > 0)'],
  ['the primary key', 'DROP INDEX `PRIMARY` ON user', 'CREATE INDEX `PRIMARY` ON user (id)'],
  ['a unique index', 'DROP INDEX i ON user', 'CREATE UNIQUE INDEX i ON user (a)'],
  ['an index on an expression', 'DROP INDEX i ON user', 'CREATE INDEX i ON user ((CAST(a AS UNSIGNED)))'],
  ['a fulltext index', 'DROP INDEX i ON user', 'ALTER TABLE user ADD FULLTEXT INDEX i (a)'],
  ['a trigger', 'DROP TRIGGER t', 'CREATE TRIGGER t BEFORE INSERT ON user FOR EACH ROW SET NEW.a = 1'],
  ['an event', 'DROP EVENT e', 'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM user'],
  ['a default', 'ALTER TABLE user ALTER a DROP DEFAULT', 'ALTER TABLE user ALTER a SET DEFAULT 1'],
  ['another type', 'ALTER TABLE user MODIFY a INT', 'ALTER TABLE user MODIFY a TEXT'],
  ['another name', 'RENAME TABLE a TO b', 'RENAME TABLE b TO a'],
  ['rows go', ['TRUNCATE TABLE old', DROP], ADD],
])('waits: %s', (_, up, down) => {
  expect(isLosslessThereAndBack([up].flat().map(stepOf), [down].flat().map(stepOf))).toBe(false);
});

test.each([
  'INT NOT NULL',
  'VARCHAR(9) UNIQUE',
  'INT NOT NULL DEFAULT NULL',
  'INT CHECK (email > 0)',
  'INT REFERENCES b (id)',
  'INT AS (id + 1) STORED',
  'INT GENERATED ALWAYS AS (id) VIRTUAL',
  'INT DEFAULT (f())',
  'INT AUTO_INCREMENT KEY',
  'SERIAL',
  'TIMESTAMP',
  'DATETIME NULL ON UPDATE CURRENT_TIMESTAMP',
  "DATE NOT NULL DEFAULT '0000-00-00'",
  "JSON DEFAULT 'no'",
  'INT, DROP login',
  'INT, MODIFY login INT',
])('waits: a column that comes back as %s', (definition) => {
  expect(isLosslessThereAndBack([stepOf(DROP)], [stepOf(`ALTER TABLE user ADD email ${definition}`)])).toBe(false);
});
