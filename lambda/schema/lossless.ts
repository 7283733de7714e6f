import type { Step } from '../sql/step';
import { TokenReader } from '../sql/token-reader';
import { tokensOf, type Token } from '../sql/tokens';

/**
 * Whether an applied migration may be reverted and applied again while code of its release is live, and no row or value
 * that this code writes or reads is lost or changed.
 *
 * True only where the up does nothing but drop columns, indexes, tables and views, and the down does nothing but make the
 * very same ones again, such that they can refuse no row. What is not known here is false, so data statements are:
 * - an UPDATE of a live table fires its triggers and sets its columns with ON UPDATE CURRENT_TIMESTAMP, and neither can be
 *   seen in the text, even where it sets nothing but a new column
 * - an INSERT from a SELECT locks the live rows that it reads, and may call a stored function that writes
 */
export function isLosslessThereAndBack(up: readonly Step[], down: readonly Step[]): boolean {
  const dropped = keysOf(up, droppedBy);
  const made = keysOf(down, madeBy);
  // What only one of the two names would make the up fail when it runs again.
  return dropped !== undefined && made?.size === dropped.size && [...made].every((key) => dropped.has(key));
}

type Keys = readonly string[] | undefined;

function keysOf(steps: readonly Step[], read: (reader: TokenReader) => Keys): ReadonlySet<string> | undefined {
  const keys = new Set<string>();
  for (const { text } of steps) {
    // Whether a server runs what is in an executable comment cannot be known here.
    const found = /\/\*M?!/.test(text) ? undefined : read(new TokenReader(tokensOf(text)));
    for (const key of found ?? [undefined]) {
      if (key === undefined || keys.has(key)) return undefined;
      keys.add(key);
    }
  }
  return keys;
}

function droppedBy(reader: TokenReader): Keys {
  if (reader.accept('ALTER TABLE')) return alterations(reader, dropClause);
  if (!reader.accept('DROP')) return undefined;
  const kind = reader.keyword();
  reader.next();
  const ifExists = reader.accept('IF EXISTS');
  switch (kind) {
    case 'INDEX': {
      const name = reader.name();
      const table = reader.accept('ON') ? reader.name() : undefined;
      return !ifExists && onlyOptions(reader) ? indexKey(table, name) : undefined;
    }
    case 'TABLE':
    case 'VIEW': {
      const names = reader.list().map(([name, ...more]) => (more.length > 0 ? undefined : nameOf(name)));
      return names.every((name) => name !== undefined) ? names.map((name) => keyFor(kind, name)) : undefined;
    }
    default:
      return undefined;
  }
}

function madeBy(reader: TokenReader): Keys {
  if (reader.accept('ALTER TABLE')) return alterations(reader, addClause);
  if (reader.accept('CREATE VIEW')) {
    const name = nameOf(reader.next());
    const isPlain = name !== undefined && (reader.isNext('(') || reader.keyword() === 'AS');
    return isPlain ? [keyFor('VIEW', name)] : undefined;
  }
  if (reader.accept('CREATE INDEX')) {
    const name = reader.name();
    const table = reader.accept('ON') ? reader.name() : undefined;
    return isPlainIndex(reader) && onlyOptions(reader) ? indexKey(table, name) : undefined;
  }
  if (!reader.accept('CREATE TABLE')) return undefined;
  const name = nameOf(reader.next());
  if (name === undefined || !reader.isNext('(')) return undefined;
  const elements = reader.group().flat();
  // A foreign key would refuse live code's deletes; the other words take rows, or numbers of a sequence, from elsewhere.
  if (elements.some((token) => token.kind === 'word' && REACHES_OUT.test(token.text))) return undefined;
  return TABLE_OPTIONS.test(textOf(reader.rest())) ? [keyFor('TABLE', name)] : undefined;
}

/** Reads the clauses of an ALTER TABLE from behind these words. */
function alterations(reader: TokenReader, read: (clause: TokenReader, table: string) => Keys): Keys {
  const table = nameOf(reader.next());
  if (table === undefined) return undefined;
  const keys: string[] = [];
  for (const clause of reader.list()) {
    if (OPTIONS.test(textOf(clause))) continue;
    const found = read(new TokenReader(clause), table);
    if (!found) return undefined;
    keys.push(...found);
  }
  return keys;
}

function dropClause(reader: TokenReader, table: string): Keys {
  if (!reader.accept('DROP')) return undefined;
  const isIndex = reader.acceptAny('INDEX', 'KEY');
  if (!isIndex) reader.accept('COLUMN');
  reader.accept('IF EXISTS');
  const name = nameOf(reader.next());
  // What is left over tells DROP PARTITION p, DROP CHECK c and their like from the drop of a column.
  if (name === undefined || reader.peek()) return undefined;
  return isIndex ? indexKey(table, name) : [keyFor('COLUMN', table, name.toLowerCase())];
}

function addClause(reader: TokenReader, table: string): Keys {
  if (!reader.accept('ADD')) return undefined;
  if (reader.acceptAny('INDEX', 'KEY')) {
    const name = nameOf(reader.next());
    return isPlainIndex(reader) && !reader.peek() ? indexKey(table, name) : undefined;
  }
  reader.accept('COLUMN');
  const name = nameOf(reader.next());
  const isColumn = name !== undefined && COLUMN.test(textOf(reader.rest()));
  return isColumn ? [keyFor('COLUMN', table, name.toLowerCase())] : undefined;
}

/** An index on an expression may refuse a row, and so may a unique one. */
function isPlainIndex(reader: TokenReader): boolean {
  const parts = reader.isNext('(') ? reader.group() : [];
  return parts.length > 0 && parts.every((part) => /^(\w+|`)( \( \d+ \))?( ASC| DESC)?$/.test(textOf(part)));
}

function indexKey(table: string | undefined, name: string | undefined): Keys {
  if (table === undefined || name === undefined || /^primary$/i.test(name)) return undefined;
  return [keyFor('INDEX', table, name.toLowerCase())];
}

const keyFor = (...parts: readonly string[]): string => JSON.stringify(parts);

const nameOf = (token: Token | undefined): string | undefined =>
  token?.kind === 'word' || token?.kind === 'name' ? token.text : undefined;

const onlyOptions = (reader: TokenReader): boolean =>
  /^(?:|(?:(?:ALGORITHM|LOCK) (?:= )?\w+ ?)+)$/.test(textOf(reader.rest()));

/** Code in capitals, one blank between tokens; a backtick stands for a quoted name and a quote for a string. */
function textOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ kind, text }) => (kind === 'name' ? '`' : kind === 'string' ? "'" : text.toUpperCase()))
    .join(' ');
}

const REACHES_OUT = /^(REFERENCES|FOREIGN|SELECT|WITH|VALUES|TABLE|LIKE|NEXT|NEXTVAL|SETVAL)$/i;
const OPTIONS = /^(ALGORITHM|LOCK) (= )?\w+$/;
/** Other engines may keep their rows in a live table or on another server. */
const TABLE_OPTIONS =
  /^(?:(?:ENGINE (?:= )?INNODB|(?:DEFAULT )?(?:CHARSET|CHARACTER SET|COLLATE) (?:= )?\w+|COMMENT (?:= )?'|ROW_FORMAT (?:= )?\w+)(?: , | |$))*$/;
/** A column that a row may leave out. A TIMESTAMP may be NOT NULL unsaid, and JSON is checked on MariaDB. */
const COLUMN = new RegExp(
  '^(?:' +
    "(?:(?:TINY|SMALL|MEDIUM|BIG)?INT|INTEGER|BOOLEAN|BOOL|DECIMAL|NUMERIC|FLOAT|DOUBLE|VARCHAR|CHAR)(?: \\( \\d+(?: , \\d+)? \\))?(?: UNSIGNED)?(?: CHARACTER SET \\w+)?(?: COLLATE \\w+)?(?: NULL)?(?: (?:NOT NULL )?DEFAULT (?:- )?(?:'|\\d+(?:\\.\\d+)?)| DEFAULT NULL)?" +
    '|(?:DATE|DATETIME|TIME|TINYTEXT|TEXT|MEDIUMTEXT|LONGTEXT|TINYBLOB|BLOB|MEDIUMBLOB|LONGBLOB|(?:VAR)?BINARY)(?: \\( \\d+ \\))?(?: NULL)?(?: DEFAULT NULL)?' +
    ")(?: COMMENT ')?(?: FIRST| AFTER (?:\\w+|`))?$",
);
