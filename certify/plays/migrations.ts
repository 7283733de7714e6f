/** A statement that takes as long as hashing that many bytes, a thousand times: it copies the table. */
export function slow(column: string, bytes: number): string {
  return `-- migrate:up
-- review:ignore table-copy
ALTER TABLE item ADD COLUMN ${column} CHAR(128) AS (SHA2(CONCAT(id, REPEAT('x', ${bytes})), 512)) STORED;

-- migrate:down
ALTER TABLE item DROP COLUMN ${column};
`;
}

/** A table. */
export function table(name: string): string {
  return `-- migrate:up
CREATE TABLE ${name} (id INT NOT NULL PRIMARY KEY);

-- migrate:down
DROP TABLE ${name};
`;
}

/** Its first statement succeeds and its second does not. */
export const BROKEN = `-- migrate:up
CREATE TABLE broken (id INT NOT NULL PRIMARY KEY);
ALTER TABLE item ADD COLUMN name VARCHAR(100) NULL;

-- migrate:down
ALTER TABLE item DROP COLUMN name;
DROP TABLE broken;
`;

/** Its down fails as long as there is a table \`obstacle\`. */
const BLOCKED = `-- migrate:up
CREATE TABLE blocked (id INT NOT NULL PRIMARY KEY);

-- migrate:down
RENAME TABLE blocked TO obstacle;
DROP TABLE obstacle;
`;

/** The migration whose clean-up fails at first; every release from then on has it. */
export const BLOCKED_BEFORE: Readonly<Record<string, string>> = { '0050_blocked.sql': BLOCKED };

/** Lets the function die a while later, in the migration that follows. */
export function dyingLater(seconds: number): string {
  return `export async function up() {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${seconds * 1000});
}
export async function down() {}
`;
}

/** The function dies whenever it runs this. */
export const DYING = `export async function up() {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way.
  await new Promise(() => undefined);
}
export async function down() {}
`;
