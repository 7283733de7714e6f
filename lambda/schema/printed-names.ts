/**
 * Servers came to print some names otherwise: the character set `utf8mb3` was `utf8` on MariaDB before 10.6, its collations were
 * `utf8_…` on MySQL before 8.0.30, and MySQL before 8.2 had the events that a replica leaves alone disabled `ON SLAVE`. After an
 * upgrade of the server a definition thus looks changed, and nobody has changed it.
 * Sources: https://docs.oracle.com/cd/E17952_01/mysql-8.0-relnotes-en/news-8-0-30.html; measured on MariaDB 10.5.23 and, the
 * same data after an upgrade, 10.11.19; on MySQL 9.7.4.
 */
const NAME = /((?:CHARSET|CHARACTER SET|COLLAT(?:E|ION)|USING)[ =]|(?<![\w'"`])_)utf8(?:mb3)?(?![a-z0-9])/gi;

/** A definition with the names that servers use now, so that what two versions of one have printed can be compared. */
export function withNamesOfNow(definition: string): string {
  return definition.replace(NAME, '$1utf8mb3').replace(' DISABLE ON SLAVE ', ' DISABLE ON REPLICA ');
}

/** MariaDB prints a trigger as it was written, until its table is renamed: then that is in backticks, without its database. */
export function withTableQuoted(definition: string): string {
  return definition.replace(/\sON\s+(?:[^\s.]+\.)?`?([^\s.`]+)`?\s+FOR\s/i, ' ON `$1` FOR ');
}

/** A definition as it is printed, as MySQL before 8.0.30 would print it, and as MariaDB before 10.6 would. */
export const PRINTS: readonly ((definition: string) => string)[] = [
  (definition) => definition,
  (definition) => definition.replace(/(COLLATE[ =])utf8mb3_/gi, '$1utf8_'),
  (definition) => definition.replace(NAME, '$1utf8'),
];
