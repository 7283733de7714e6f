/** Migrations that the small app's releases are made of, by file name. */
export const USER = {
  '0001_user.sql': `-- migrate:up
CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE);
INSERT INTO user (email) VALUES ('first@example.com');
-- migrate:down
DROP TABLE user;
`,
};

/** Two more, one of them in JavaScript and one with a trigger, as it is sent without DELIMITER. */
export const PROFILE = {
  '0002_profile.up.sql': `ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;
UPDATE user SET name = 'Åsa 表' WHERE email = 'first@example.com';
CREATE TABLE name_log (user BIGINT NOT NULL, at DATETIME NOT NULL);
CREATE TRIGGER user_name AFTER UPDATE ON user FOR EACH ROW BEGIN
  INSERT INTO name_log VALUES (NEW.id, NOW());
END;
`,
  '0002_profile.down.sql': `DROP TRIGGER user_name;
DROP TABLE name_log;
ALTER TABLE user DROP COLUMN name;
`,
  '0003_second_user.js': `export async function up({ query }) {
  await query('INSERT INTO user (email, name) VALUES (?, ?)', ['second@example.com', 'Bo']);
}
export async function down({ query }) {
  await query('DELETE FROM user WHERE email = ?', ['second@example.com']);
}
`,
};

/** Fails in the third of its five statements. */
export const BROKEN = {
  '0004_invoice.sql': `-- migrate:up
CREATE TABLE invoice (id INT NOT NULL PRIMARY KEY, user BIGINT NOT NULL);
ALTER TABLE user ADD COLUMN vat VARCHAR(20) NULL;
ALTER TABLE user ADD COLUMN email VARCHAR(100) NULL;
CREATE TABLE invoice_line (id INT NOT NULL PRIMARY KEY);
INSERT INTO invoice_line VALUES (1);
-- migrate:down
DROP TABLE invoice_line;
ALTER TABLE user DROP COLUMN email;
ALTER TABLE user DROP COLUMN vat;
DROP TABLE invoice;
`,
};

/** Waits in its second step for whoever has a row of the users locked; run twice, that step would show it. */
export const MARKED = {
  '0002_mark.sql': `-- migrate:up
CREATE TABLE mark (id INT NOT NULL PRIMARY KEY);
UPDATE user SET email = CONCAT('marked-', email);
INSERT INTO mark VALUES (1);
-- migrate:down
UPDATE user SET email = SUBSTRING(email, 8);
DROP TABLE mark;
`,
};

/** Waits in its second step for whoever has the table of the users open. */
export const WIDENED = {
  '0002_vat.sql': `-- migrate:up
CREATE TABLE vat_rate (id INT NOT NULL PRIMARY KEY);
ALTER TABLE user ADD COLUMN vat INT NULL;
INSERT INTO vat_rate VALUES (19);
-- migrate:down
ALTER TABLE user DROP COLUMN vat;
DROP TABLE vat_rate;
`,
};

/** Kills the process that runs it. */
export const DEADLY = {
  '0002_role.sql': `-- migrate:up
ALTER TABLE user ADD COLUMN role VARCHAR(20) NULL;
-- migrate:down
ALTER TABLE user DROP COLUMN role;
`,
  '0003_deadly.js': `export async function up() {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}
export async function down() {}
`,
};

/** Does not wait for a query that fails, and goes on. */
export const FORGETFUL = {
  '0002_forgetful.js': `export async function up({ query }) {
  query('INSERT INTO nowhere VALUES (1)');
  await query("INSERT INTO user (email) VALUES ('forgotten@example.com')");
}
export async function down() {}
`,
};

/** Needs more memory than there is. */
export const GREEDY = {
  '0002_greedy.js': `export async function up() {
  for (const hoard = []; ; ) hoard.push(new Array(1_000_000).fill(hoard.length + 0.5));
}
export async function down() {}
`,
};
