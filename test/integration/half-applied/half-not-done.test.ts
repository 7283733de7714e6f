import { baseAndNext } from '../../rules/dying-process';
import { servers } from '../../servers';
import { Scene } from '../scene';

const ROLE =
  "CREATE TABLE role (id INT PRIMARY KEY, name VARCHAR(20)); INSERT INTO role VALUES (1, 'admin'), (2, 'guest')";
const ROLES = [
  { id: 1, name: 'admin' },
  { id: 2, name: 'guest' },
];
const PRICE = 'CREATE TABLE price (id INT PRIMARY KEY, euros INT); INSERT INTO price VALUES (1, 100), (2, 250)';
const PRICES = [
  { id: 1, euros: 100 },
  { id: 2, euros: 250 },
];
const FAILS = 'CREATE TABLE zz (id INT)';

// Each down reverts the whole up exactly. The up stops where it makes a table that is there.
const CASES: readonly (readonly [what: string, table: string, up: string, down: string, rows: readonly object[]])[] = [
  [
    'a column that is not filled yet tells which rows to delete',
    ROLE,
    `INSERT INTO role VALUES (5, 'new'); ALTER TABLE role ADD COLUMN old INT; ${FAILS}; UPDATE role SET old = 1 WHERE id < 5`,
    'DELETE FROM role WHERE old IS NULL; ALTER TABLE role DROP COLUMN old',
    ROLES,
  ],
  [
    'a column that is not there yet does',
    ROLE,
    `INSERT INTO role VALUES (5, 'new'); ALTER TABLE other ADD COLUMN x INT; ${FAILS}; ALTER TABLE role ADD COLUMN isNew INT DEFAULT 1`,
    'DELETE FROM role WHERE isnew = 0; ALTER TABLE role DROP COLUMN isNew; ALTER TABLE other DROP COLUMN x',
    ROLES,
  ],
  [
    'rows that are named anew later are deleted by their new name',
    ROLE,
    `INSERT INTO role VALUES (5, 'temp'); ALTER TABLE other ADD COLUMN x INT; ${FAILS}; UPDATE role SET name = 'editor' WHERE name = 'temp'`,
    "DELETE FROM role WHERE name = 'editor'; ALTER TABLE other DROP COLUMN x",
    ROLES,
  ],
  [
    'another table tells which rows to delete, and is not filled yet',
    ROLE,
    `CREATE TABLE kept (id INT); INSERT INTO role VALUES (5, 'new'); ALTER TABLE other ADD COLUMN x INT; ${FAILS}; INSERT INTO kept SELECT id FROM role WHERE id < 5`,
    'DELETE FROM role WHERE id NOT IN (SELECT id FROM kept); ALTER TABLE other DROP COLUMN x; DROP TABLE kept',
    ROLES,
  ],
  [
    'all rows are deleted and the old ones inserted, which are still there',
    ROLE,
    `INSERT INTO role VALUES (5, 'new'); ALTER TABLE other ADD COLUMN x INT; ${FAILS}; DELETE FROM role WHERE id < 5`,
    "DELETE FROM role; ALTER TABLE other DROP COLUMN x; INSERT INTO role VALUES (1, 'admin'), (2, 'guest')",
    ROLES,
  ],
  [
    'its down empties a table of the same name that is not there yet',
    ROLE,
    `INSERT INTO role VALUES (5, 'new'); ALTER TABLE other ADD COLUMN x INT; ${FAILS}; RENAME TABLE role TO past; CREATE TABLE role (id INT)`,
    'DELETE FROM role; DROP TABLE role; RENAME TABLE past TO role; ALTER TABLE other DROP COLUMN x; DELETE FROM role WHERE id = 5',
    ROLES,
  ],
  [
    'a column that was made is changed later, and the old one filled from it',
    PRICE,
    `ALTER TABLE price ADD COLUMN cents INT; UPDATE price SET cents = euros * 100; ALTER TABLE price DROP COLUMN euros; ${FAILS}; UPDATE price SET cents = cents * 10`,
    'UPDATE price SET cents = cents / 10; ALTER TABLE price ADD COLUMN euros INT AFTER id; UPDATE price SET euros = cents / 100; ALTER TABLE price DROP COLUMN cents',
    PRICES,
  ],
  [
    'rows that were moved are changed later, and moved back',
    PRICE,
    `CREATE TABLE item (id INT PRIMARY KEY, euros INT); INSERT INTO item SELECT * FROM price; DELETE FROM price; ALTER TABLE item ADD COLUMN note INT; ${FAILS}; UPDATE item SET euros = euros * 10`,
    'UPDATE item SET euros = euros / 10; INSERT INTO price SELECT id, euros FROM item; DROP TABLE item',
    PRICES,
  ],
  [
    'a view reads what was not filled yet',
    `${ROLE}; CREATE TABLE store (id INT, name VARCHAR(20)); CREATE VIEW all_roles AS SELECT id, name FROM store`,
    `CREATE TABLE k AS SELECT * FROM role; DELETE FROM role; ${FAILS}; INSERT INTO store SELECT * FROM k`,
    'INSERT INTO role SELECT id, name FROM all_roles; DELETE FROM store; DROP TABLE zz; DROP TABLE k',
    ROLES,
  ],
  [
    'a function does',
    `${ROLE}; CREATE TABLE store (id INT, name VARCHAR(20)); CREATE FUNCTION role_name (n INT) RETURNS VARCHAR(20) READS SQL DATA RETURN (SELECT name FROM store WHERE id = n)`,
    `INSERT INTO other VALUES (1); DELETE FROM role WHERE id = 2; ${FAILS}; INSERT INTO store VALUES (2, 'guest')`,
    'INSERT INTO role VALUES (2, role_name(2)); DELETE FROM store; DROP TABLE zz; DELETE FROM other',
    ROLES,
  ],
  [
    'a trigger does',
    `${ROLE}; CREATE TABLE store (id INT, name VARCHAR(20)); CREATE TRIGGER named BEFORE INSERT ON role FOR EACH ROW SET NEW.name = COALESCE(NEW.name, (SELECT MAX(name) FROM store WHERE id = NEW.id))`,
    `DELETE FROM role WHERE id = 2; ${FAILS}; INSERT INTO store VALUES (2, 'guest')`,
    'INSERT INTO role (id) VALUES (2); DELETE FROM store; DROP TABLE zz',
    ROLES,
  ],
  [
    'a table is made anew from what was not filled yet',
    `${ROLE}; CREATE TABLE store (id INT, name VARCHAR(20))`,
    `CREATE TABLE k AS SELECT * FROM role; DROP TABLE role; ${FAILS}; INSERT INTO store SELECT * FROM k`,
    'CREATE TABLE role (id INT PRIMARY KEY, name VARCHAR(20)) AS SELECT id, name FROM store; DELETE FROM store; DROP TABLE zz; DROP TABLE k',
    ROLES,
  ],
  [
    'a copy that was not changed yet is read back',
    ROLE,
    `CREATE TABLE k AS SELECT * FROM role; DELETE FROM role; ${FAILS}; UPDATE k SET id = id + 1`,
    'UPDATE k SET id = id - 1; DROP TABLE zz; INSERT INTO role SELECT * FROM k; DROP TABLE k',
    ROLES,
  ],
];

describe.each(servers())('half of a migration on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it.each(CASES)('restores the rows or asks a person where %s', async (_what, table, up, down, rows) => {
    const [old, next] = baseAndNext(`${table}; CREATE TABLE other (id INT); ${FAILS}`, up, down);
    await scene.created(old);
    const { reason } = await scene.updated(old, next);
    const isSaidBack = reason.includes('the schema is as it was before the deployment');
    const name = table.startsWith(ROLE) ? 'role' : 'price';
    const found = isSaidBack ? await scene.sql(`SELECT * FROM ${name} ORDER BY id`) : reason;
    expect(found).toEqual(isSaidBack ? rows : expect.stringContaining('[needs-repair]'));
  });
});
