/**
 * What SHOW CREATE DATABASE prints behind the name, one property a line, so that it can be put behind ALTER DATABASE:
 *
 *     CREATE DATABASE `app` /*!40100 DEFAULT CHARACTER SET latin1 *\/ /*!80016 DEFAULT ENCRYPTION='N' *\/ /* READ ONLY = 1 *\/
 *     CREATE DATABASE `app` /*!40100 DEFAULT CHARACTER SET latin1 COLLATE latin1_bin *\/ COMMENT 'its comment'
 *
 * The first is MySQL's, the second MariaDB's.
 */
export function databaseProperties(definition: string): string {
  const properties: string[] = [];
  let rest = definition.replace(NAME, '');
  for (let found = PROPERTY.exec(rest); found !== null; found = PROPERTY.exec(rest)) {
    properties.push(found[1] ?? '');
    rest = rest.slice(found[0].length);
  }
  return [...properties, rest].filter((property) => property !== '').join('\n');
}

const NAME = /^CREATE DATABASE (?:`(?:[^`]|``)*`|"(?:[^"]|"")*"|\S+) ?/;

const PROPERTY = /^\/\*(?:!\d+)? *(.*?) *\*\/ */;
