import { TokenReader } from '../../lambda/sql/token-reader';
import { isMark, keywordOf, tokensOf, type Token } from '../../lambda/sql/tokens';

/**
 * Says what to write in place of a statement of PostgreSQL, SQLite or SQL Server that people carry over; undefined for all
 * others. In a down it would be found on the day of a rollback.
 *
 * Only what neither MySQL nor MariaDB can read, by its place and not by its words: each may be a name. An integration
 * test asks the servers. What one of them can read is left to it, as are words with which no statement begins.
 */
export function foreignSyntax(statement: string): string | undefined {
  const reader = new TokenReader(tokensOf(statement));
  const verb = reader.keyword();
  reader.next();
  switch (verb) {
    case 'CREATE':
      return inCreate(reader);
    case 'DROP':
      return inDrop(reader);
    case 'ALTER':
      return inAlter(reader);
    case 'TRUNCATE':
      return inTruncate(reader);
    case 'INSERT':
      return inInsert(reader, statement);
    default:
      return undefined;
  }
}

/** Objects that other databases have and these do not, by the word that stands behind CREATE, DROP and ALTER. */
const OBJECTS = new Set(['CLUSTERED', 'DOMAIN', 'EXTENSION', 'NONCLUSTERED', 'POLICY', 'RULE', 'TYPE', 'VIRTUAL']);

function unknownObject(reader: TokenReader): string | undefined {
  const word = reader.keyword();
  return OBJECTS.has(word) ? `remove it, or write it without ${word}, which neither has` : undefined;
}

function inCreate(reader: TokenReader): string | undefined {
  reader.accept('OR REPLACE');
  if (reader.acceptAny('TEMP', 'UNLOGGED')) return 'write CREATE TABLE, or CREATE TEMPORARY TABLE';
  reader.accept('TEMPORARY');
  if (reader.accept('TABLE')) return countsUp(reader.rest()) ? 'write AUTO_INCREMENT' : undefined;
  reader.acceptAny('UNIQUE', 'FULLTEXT', 'SPATIAL');
  return reader.accept('INDEX') ? inCreateIndex(reader) : unknownObject(reader);
}

/** AUTOINCREMENT behind PRIMARY KEY, where it is not the name of that key. */
function countsUp(tokens: readonly Token[]): boolean {
  return tokens.some((token, at) => {
    if (keywordOf(token) !== 'AUTOINCREMENT') return false;
    const before = tokens
      .slice(Math.max(0, at - 2), at)
      .map(keywordOf)
      .join(' ');
    const after = tokens[at + 1];
    return before === 'PRIMARY KEY' && !isMark(after, '(') && !['USING', 'TYPE'].includes(keywordOf(after));
  });
}

function inCreateIndex(reader: TokenReader): string | undefined {
  reader.accept('IF NOT EXISTS');
  if (reader.keyword() === 'CONCURRENTLY' && !['ON', 'USING', 'TYPE'].includes(reader.keyword(1))) {
    return 'leave CONCURRENTLY out: writes to the table go on while an index is made';
  }
  if (reader.keyword() === 'ON') return 'give the index a name: CREATE INDEX name ON table (column)';
  reader.next();
  while (reader.peek() && !reader.accept('ON')) reader.next();
  reader.qualifiedName();
  if (reader.keyword() === 'USING') return 'write USING behind the columns, or leave it out';
  reader.group();
  const word = reader.keyword();
  return word === 'WHERE' || word === 'INCLUDE'
    ? `leave ${word} out: an index has all rows, and only its columns`
    : undefined;
}

function inDrop(reader: TokenReader): string | undefined {
  const kind = reader.keyword();
  const unknown = unknownObject(reader);
  if (unknown !== undefined) return unknown;
  reader.next();
  reader.accept('IF EXISTS');
  switch (kind) {
    case 'INDEX':
      reader.next();
      return reader.accept('ON') ? undefined : 'name the table: DROP INDEX name ON table';
    case 'TRIGGER':
      reader.qualifiedName();
      return reader.accept('ON') ? 'leave the table out: DROP TRIGGER name' : undefined;
    case 'FUNCTION':
    case 'PROCEDURE':
      reader.qualifiedName();
      return reader.isNext('(') ? `leave the parentheses out: DROP ${kind} name` : undefined;
    default:
      return undefined;
  }
}

function inAlter(reader: TokenReader): string | undefined {
  if (reader.keyword() === 'INDEX') return 'write ALTER TABLE table RENAME INDEX name TO name';
  if (!reader.accept('TABLE')) return unknownObject(reader);
  reader.accept('IF EXISTS');
  reader.qualifiedName();
  for (const clause of reader.list()) {
    const found = inClause(new TokenReader(clause));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inClause(clause: TokenReader): string | undefined {
  if (clause.accept('OWNER TO')) return 'remove it: a table has no owner';
  if (clause.accept('RENAME CONSTRAINT')) return 'drop the constraint, and add it with its new name';
  if (clause.accept('VALIDATE CONSTRAINT')) return 'remove it: a constraint is checked when it is added';
  if (!clause.accept('ALTER') || NO_COLUMN.has(clause.keyword())) return undefined;
  const saysColumn = clause.accept('COLUMN');
  clause.accept('IF EXISTS');
  clause.name();
  const changes = clause.acceptAny('SET', 'DROP')
    ? ['NOT', 'DATA'].includes(clause.keyword())
    : isType(clause, saysColumn);
  return changes ? 'write ALTER TABLE table MODIFY column with its whole definition' : undefined;
}

const NO_COLUMN = new Set(['CHECK', 'CONSTRAINT', 'INDEX', 'KEY']);

/** Behind COLUMN and its name, these servers know SET and DROP alone. */
function isType(clause: TokenReader, saysColumn: boolean): boolean {
  return clause.keyword() === 'TYPE' || (saysColumn && clause.peek()?.kind === 'word');
}

function inTruncate(reader: TokenReader): string | undefined {
  reader.accept('TABLE');
  reader.qualifiedName();
  const word = reader.keyword();
  return word === 'CASCADE' || word === 'RESTART'
    ? `leave ${word} out: rows are numbered from 1 again anyway, and no other table is emptied`
    : undefined;
}

function inInsert(reader: TokenReader, statement: string): string | undefined {
  if (reader.accept('OR IGNORE')) return 'write INSERT IGNORE';
  if (reader.accept('OR REPLACE')) return 'write REPLACE';
  // The rows of a dump are many tokens.
  if (!/\bON\s+CONFLICT\b/i.test(statement)) return undefined;
  while (reader.peek() && !reader.accept('ON CONFLICT')) reader.next();
  reader.group();
  return reader.keyword() === 'DO' ? 'write ON DUPLICATE KEY UPDATE, or INSERT IGNORE' : undefined;
}
