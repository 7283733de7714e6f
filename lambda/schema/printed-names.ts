/**
 * The character set `utf8mb3` was called `utf8` once, and servers print its name where they show a definition: MariaDB so
 * before 10.6, and MySQL its collations so before 8.0.30. After an upgrade of the server a definition thus looks changed, and
 * nobody has changed it.
 * Sources: https://docs.oracle.com/cd/E17952_01/mysql-8.0-relnotes-en/news-8-0-30.html; measured on MariaDB 10.5.23 and, the
 * same data after an upgrade, 10.11.19.
 */
const BEFORE_A_NAME =
  String.raw`CHARSET[ =]|CHARACTER SET |COLLATE[ =]|USING |\bdatabase collation |(?<![\w'"` + '`])_';

const OLD_NAME = new RegExp(`(${BEFORE_A_NAME})utf8(?![a-z0-9])`, 'gi');
const NEW_NAME = new RegExp(`(${BEFORE_A_NAME})utf8mb3(?![a-z0-9])`, 'gi');
const NEW_COLLATION = /(COLLATE[ =])utf8mb3_/gi;

/** A definition with the names that servers use now, so that what two versions of one have printed can be compared. */
export function withNamesOfNow(definition: string): string {
  return definition.replace(OLD_NAME, '$1utf8mb3');
}

/** A definition as it is printed, as MySQL before 8.0.30 would print it, and as MariaDB before 10.6 would. */
export const PRINTS: readonly ((definition: string) => string)[] = [
  (definition) => definition,
  (definition) => definition.replace(NEW_COLLATION, '$1utf8_'),
  (definition) => definition.replace(NEW_NAME, '$1utf8'),
];
