/** Folders of migrations with something wrong in each, and what is to be found. */
export const USER = {
  '0001_user.sql': `-- migrate:up
CREATE TABLE user (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(100) NOT NULL,
  name VARCHAR(50) NULL DEFAULT 'nobody',
  UNIQUE KEY user_email (email)
);
-- migrate:down
DROP TABLE user;
`,
} as const;

function second(up: string, down: string): Readonly<Record<string, string>> {
  return { ...USER, '0002_second.sql': `-- migrate:up\n${up}\n-- migrate:down\n${down}\n` };
}

export const FOLDERS = {
  'a down that forgets an index': second(
    'ALTER TABLE user ADD COLUMN age INT NULL;\nCREATE INDEX user_name ON user (name);',
    'ALTER TABLE user DROP COLUMN age;',
  ),
  'a down that drops an index that was there': second(
    'CREATE INDEX user_name ON user (name);',
    'DROP INDEX user_name ON user;\nDROP INDEX user_email ON user;',
  ),
  'a column that is dropped with its rows': second(
    'ALTER TABLE user DROP COLUMN name;',
    "ALTER TABLE user ADD COLUMN name VARCHAR(50) NULL DEFAULT 'nobody';",
  ),
  'values that are changed': second("UPDATE user SET name = 'x';", 'DO 0;'),
  'values that only digits would survive': {
    '0001_item.sql':
      '-- migrate:up\nCREATE TABLE item (id INT PRIMARY KEY, label VARCHAR(40) NOT NULL, price DECIMAL(8,2) NOT NULL, note TEXT NULL);\n-- migrate:down\nDROP TABLE item;\n',
    '0002_label.sql': '-- migrate:up\nUPDATE item SET label = LOWER(label);\n-- migrate:down\nDO 0;\n',
    '0003_price.sql':
      '-- migrate:up\nALTER TABLE item MODIFY COLUMN price INT NOT NULL;\n-- migrate:down\nALTER TABLE item MODIFY COLUMN price DECIMAL(8,2) NOT NULL;\n',
    '0004_note.sql':
      "-- migrate:up\n-- review:ignore irreversible-statement: nothing tells the two apart\nUPDATE item SET note = '' WHERE note IS NULL;\n-- migrate:down\nDO 0;\n",
    '0005_copy.sql':
      "-- migrate:up\nINSERT INTO item SELECT * FROM item WHERE label LIKE '%zo%';\n-- migrate:irreversible\n",
  },
  'values that a type rounds or cuts off': {
    '0001_item.sql':
      '-- migrate:up\nCREATE TABLE item (id INT PRIMARY KEY, part_of INT NOT NULL, size DOUBLE NOT NULL, weight DECIMAL(30,6) NOT NULL, price DECIMAL(10,2) NOT NULL, code VARCHAR(20) NOT NULL, FOREIGN KEY (part_of) REFERENCES item (id));\n-- migrate:down\nDROP TABLE item;\n',
    '0002_types.sql':
      '-- migrate:up\nALTER TABLE item MODIFY COLUMN size FLOAT NOT NULL, MODIFY COLUMN weight DOUBLE NOT NULL, MODIFY COLUMN price FLOAT NOT NULL, MODIFY COLUMN code CHAR(20) NOT NULL;\n-- migrate:down\nALTER TABLE item MODIFY COLUMN size DOUBLE NOT NULL, MODIFY COLUMN weight DECIMAL(30,6) NOT NULL, MODIFY COLUMN price DECIMAL(10,2) NOT NULL, MODIFY COLUMN code VARCHAR(20) NOT NULL;\n',
  },
  'a down that deletes rows that were there': second(
    'ALTER TABLE user ADD COLUMN age INT NULL;',
    'DELETE FROM user WHERE id > 900001;\nALTER TABLE user DROP COLUMN age;',
  ),
  'a down that leaves a trigger': second(
    'CREATE TABLE log (id INT NOT NULL PRIMARY KEY);\nCREATE TRIGGER user_log AFTER DELETE ON user FOR EACH ROW DELETE FROM log WHERE id = OLD.id;',
    'DROP TABLE log;',
  ),
  'a column that comes back at another place': second(
    'ALTER TABLE user DROP COLUMN email;',
    'ALTER TABLE user ADD COLUMN email VARCHAR(100) NOT NULL;\nUPDATE user SET email = id - 900000;\nALTER TABLE user ADD UNIQUE KEY user_email (email);',
  ),
  'a default that does not come back': second(
    "ALTER TABLE user MODIFY COLUMN name VARCHAR(80) NULL DEFAULT '';",
    'ALTER TABLE user MODIFY COLUMN name VARCHAR(50) NULL;',
  ),
  'a collation that does not come back': second(
    'ALTER TABLE user CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
    'ALTER TABLE user DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;',
  ),
  'an up that the server refuses': second(
    'ALTER TABLE user ADD COLUMN age INT;\nALTER TABLE user ADD COLUMN email TEXT;',
    'ALTER TABLE user DROP COLUMN age;',
  ),
  'an up that fails, and its down too': second(
    'CREATE TABLE team (id INT PRIMARY KEY);\nALTER TABLE user ADD COLUMN email TEXT;',
    'INSERT INTO team (id, id) VALUES (1, 1);\nDROP TABLE team;',
  ),
  'an up that fails with a down that is for all of it': second(
    'CREATE TABLE one (id INT PRIMARY KEY);\nCREATE TABLE two (id INT PRIMARY KEY, id INT);',
    'DROP TABLE one, two;',
  ),
  'an irreversible up that does not fit the rows, and one that fails': {
    ...USER,
    '0002_second.sql':
      '-- migrate:up\nALTER TABLE user ADD COLUMN team INT NOT NULL;\nALTER TABLE user ADD UNIQUE KEY user_team (team);\n-- migrate:irreversible\n',
    '0003_third.sql':
      '-- migrate:up\nCREATE TABLE team (id INT PRIMARY KEY);\nALTER TABLE user ADD COLUMN email TEXT;\n-- migrate:irreversible\n',
  },
  'a down that the server refuses': second(
    'ALTER TABLE user ADD COLUMN age INT;',
    'ALTER TABLE user DROP COLUMN ages;',
  ),
  'an up that does not fit the rows': second(
    'ALTER TABLE user ADD COLUMN team INT NOT NULL, ADD UNIQUE KEY user_team (team);',
    'ALTER TABLE user DROP KEY user_team, DROP COLUMN team;',
  ),
  'a seed that stays': second(
    "INSERT INTO user (email) VALUES ('admin@example.com');",
    "DELETE FROM user WHERE email = 'root@example.com';",
  ),
  'an irreversible one': {
    ...second('ALTER TABLE user DROP COLUMN name;', ''),
    '0002_second.sql': '-- migrate:up\nALTER TABLE user DROP COLUMN name;\n-- migrate:down\n-- migrate:irreversible\n',
    '0003_third.sql':
      '-- migrate:up\nALTER TABLE user ADD COLUMN age INT;\n-- migrate:down\nALTER TABLE user DROP COLUMN age;\n',
  },
  'a half-way point that cannot be told': second(
    'TRUNCATE TABLE user;\nALTER TABLE user ADD COLUMN age INT NULL;',
    'ALTER TABLE user DROP COLUMN age;',
  ),
  'several half-way points that cannot be told': second(
    '-- review:ignore destructive-statement\nCREATE TABLE one (id INT PRIMARY KEY);\nTRUNCATE TABLE user;\nCREATE TABLE two (id INT PRIMARY KEY);\nTRUNCATE TABLE user;',
    'DROP TABLE two;\nDROP TABLE one;',
  ),
  'a half-way point whose down statement is for two steps': second(
    'ALTER TABLE user ADD COLUMN age INT NULL;\nUPDATE user SET age = 1;\nALTER TABLE user ADD COLUMN size INT NULL;',
    'ALTER TABLE user DROP COLUMN age, DROP COLUMN size;',
  ),
  'no down at all': {
    ...USER,
    '0002_second.up.sql': 'ALTER TABLE user ADD COLUMN age INT;\n',
    '0003_third.sql':
      '-- migrate:up\nALTER TABLE user ADD COLUMN size INT;\n-- migrate:down\nALTER TABLE user DROP COLUMN size;\n',
  },
  'a table that takes no rows of ours': {
    '0001_user.sql':
      "-- migrate:up\nCREATE TABLE user (name VARCHAR(20) NOT NULL CHECK (name LIKE '%@%'));\n-- migrate:down\nDROP TABLE user;\n",
    '0002_second.sql':
      '-- migrate:up\nALTER TABLE user ADD COLUMN size INT;\n-- migrate:down\nALTER TABLE user DROP COLUMN size;\n',
    '0003_tag.sql': '-- migrate:up\nCREATE TABLE tag (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE tags;\n',
    // It begins anew, in a database without rows.
    '0004_size.sql':
      '-- migrate:up\nALTER TABLE tag ADD COLUMN size INT;\n-- migrate:down\nALTER TABLE tag DROP COLUMN size;\n',
  },
  'a foreign key to a table that is not there': {
    '0001_note.sql':
      '-- migrate:up\nSET foreign_key_checks = 0;\nCREATE TABLE note (id INT PRIMARY KEY, user INT NOT NULL, FOREIGN KEY (user) REFERENCES user (id));\n-- migrate:down\nDROP TABLE note;\n',
    '0002_tag.sql': '-- migrate:up\nCREATE TABLE tag (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE tag;\n',
  },
  'a schema that the folder names': {
    '0001_make.sql':
      '-- migrate:up\nCREATE DATABASE IF NOT EXISTS shop_proof;\nUSE shop_proof;\nCREATE TABLE IF NOT EXISTS item (id INT PRIMARY KEY);\n-- migrate:down\nUSE shop_proof;\nALTER TABLE item COMMENT = "";\n',
    '0002_meant.sql':
      '-- migrate:up\n-- review:ignore other-database\nALTER TABLE shop_proof.item ADD COLUMN size INT;\n-- migrate:down\nALTER TABLE shop_proof.item DROP COLUMN size;\n',
    '0003_drop.sql':
      '-- migrate:up\nDROP DATABASE shop_proof;\nCREATE TABLE other (id INT PRIMARY KEY);\n-- migrate:irreversible\n',
    '0004_last.sql':
      '-- migrate:up\nUSE shop_proof;\nCREATE TABLE last (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE shop_proof.last;\n',
  },
  'seeds with ids of their own': {
    '0001_service.sql':
      '-- migrate:up\nCREATE TABLE service (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE);\nCREATE TABLE node (id INT AUTO_INCREMENT PRIMARY KEY, service_id INT NOT NULL);\n-- migrate:down\nDROP TABLE node;\nDROP TABLE service;\n',
    '0002_key.sql':
      '-- migrate:up\nALTER TABLE node ADD CONSTRAINT node_service FOREIGN KEY (service_id) REFERENCES service (id);\n-- migrate:down\nALTER TABLE node DROP FOREIGN KEY node_service;\nALTER TABLE node DROP KEY node_service;\n',
    '0003_seed.sql':
      "-- migrate:up\nINSERT IGNORE INTO service (id, name) VALUES (1, 'one'), (2, 'two');\n-- migrate:down\nDELETE FROM service WHERE id IN (1, 2);\n",
    '0004_more.sql':
      "-- migrate:up\nINSERT INTO service (id, name) VALUES (3, 'three');\n-- migrate:down\nDELETE FROM service WHERE id = 3;\n",
  },
  'all in order': {
    ...USER,
    '0002_team.sql': `-- migrate:up
CREATE TABLE team (id INT NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL);
INSERT INTO team VALUES (1, 'one'), (2, 'two');
INSERT INTO team VALUES (3, 'three');
ALTER TABLE user ADD COLUMN team INT NULL;
ALTER TABLE user ADD CONSTRAINT user_team FOREIGN KEY (team) REFERENCES team (id);
CREATE TRIGGER user_named BEFORE INSERT ON user FOR EACH ROW SET NEW.name = COALESCE(NEW.name, 'somebody');
-- migrate:down
DROP TRIGGER user_named;
ALTER TABLE user DROP FOREIGN KEY user_team;
ALTER TABLE user DROP COLUMN team;
DROP TABLE team;
`,
    '0003_view.sql':
      '-- migrate:up\nCREATE VIEW named AS SELECT id, name FROM user;\n-- migrate:down\nDROP VIEW named;\n',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The folder of which docs/prove.md shows what is printed. */
export const DOCUMENTED = {
  '0001_create_user.sql': USER['0001_user.sql'],
  '0002_name_index.sql': `-- migrate:up
ALTER TABLE user ADD COLUMN age INT NULL;
CREATE INDEX user_name ON user (name);
-- migrate:down
ALTER TABLE user DROP COLUMN age;
`,
  '0003_drop_legacy.sql':
    '-- migrate:up\nALTER TABLE user DROP COLUMN age;\n-- migrate:down\n-- migrate:irreversible\n',
  '0004_create_team.sql': FOLDERS['all in order']['0002_team.sql'],
} as const;
