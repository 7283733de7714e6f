import { deniedBy } from '../../../cli/prove/server/missing-right';
import { ServerError } from '../../../lambda/ports';

/** Texts as MariaDB 10.11 and MySQL 9.7 have them. */
const CLOSED = "Access denied for user 'app'@'%' to database 'prove_1'";

test.each([
  [1044, CLOSED, 'CREATE DATABASE `prove_1` CHARACTER SET utf8mb4', 'CREATE'],
  [1044, CLOSED, 'DROP DATABASE IF EXISTS `prove_1`', 'DROP'],
  [1044, CLOSED, 'CREATE DEFINER = CURRENT_USER() PROCEDURE p() DO 1', 'CREATE ROUTINE'],
  [1044, CLOSED, 'create function event(a INT) RETURNS INT RETURN 1', 'CREATE ROUTINE'],
  [1044, CLOSED, 'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DO 1', 'EVENT'],
  [1044, CLOSED, 'CREATE TEMPORARY TABLE t (id INT)', 'CREATE TEMPORARY TABLES'],
  [1044, CLOSED, 'LOCK TABLES t READ', 'LOCK TABLES'],
  [1044, CLOSED, 'SELECT 1', null],
  [1142, "CREATE VIEW command denied to user 'app'@'%' for table `prove_1`.`v`", '', 'CREATE VIEW'],
  [1142, "SELECT, INSERT command denied to user 'app'@'%' for table 't'", '', 'SELECT, INSERT'],
  [1143, "UPDATE command denied to user 'app'@'%' for column 'a' in table 't'", '', 'UPDATE'],
  [1370, "alter routine command denied to user 'app'@'%' for routine 'prove_1.p'", '', 'ALTER ROUTINE'],
] as const)('%i, %s, of %s: it is a right in a schema, %s', (errno, message, statement, right) => {
  expect(deniedBy(new ServerError('ER', errno, message), statement)).toMatchObject({ right, isServerWide: false });
});

test.each([
  ['Access denied; you need (at least one of) the SUPER privilege(s) for this operation', 'SUPER'],
  ['Access denied; you need (at least one of) the SUPER, SET USER privilege(s) for this operation', 'SET USER'],
  [
    'Access denied; you need (at least one of) the SUPER or SYSTEM_VARIABLES_ADMIN privilege(s) for this operation',
    'SYSTEM_VARIABLES_ADMIN',
  ],
])('a right on the whole server, the smallest: %s', (message, right) => {
  expect(deniedBy(new ServerError('ER', 1227, message))).toMatchObject({ right, isServerWide: true });
});

test('anything else is no denial', () => {
  expect(deniedBy(new ServerError('ER_NO_SUCH_TABLE', 1146, 'no such table'))).toBeNull();
  expect(deniedBy(new Error('Access denied'))).toBeNull();
  expect(deniedBy(Object.assign(new Error(CLOSED), { errno: 1044, sql: 'DROP DATABASE x' }))).toMatchObject({
    right: 'DROP',
  });
});
