import { keyOf, type ObjectKind } from '../sql/db-object';
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
  const dropped = objectsOf(up, 'drop', (text) => DROP.test(codeOf(tokensOf(text))));
  const made = objectsOf(down, 'create', (text) => MAKE.test(codeOf(tokensOf(text))) || isPlainTable(text));
  // What only one of the two names would make the up fail when it runs again.
  return dropped !== undefined && made?.size === dropped.size && [...made].every((key) => dropped.has(key));
}

/** Keys of the objects to which steps of a known form do one thing and nothing else; undefined where they do anything else. */
function objectsOf(
  steps: readonly Step[],
  action: 'create' | 'drop',
  isKnown: (text: string) => boolean,
): ReadonlySet<string> | undefined {
  const keys = new Set<string>();
  for (const { text, effects } of steps) {
    for (const { action: done, object } of effects ?? []) {
      const key = `${object.kind} ${keyOf(object)}`;
      const isPrimary = object.kind === 'index' && /^primary$/i.test(object.name);
      if (done !== action || !KINDS.has(object.kind) || isPrimary || keys.has(key)) return undefined;
      keys.add(key);
    }
    // Whether a server runs what is in an executable comment cannot be known here.
    if (effects === undefined || /\/\*M?!/.test(text) || !isKnown(text)) return undefined;
  }
  return keys;
}

const KINDS: ReadonlySet<ObjectKind> = new Set(['column', 'index', 'table', 'view'] as const);

function isPlainTable(text: string): boolean {
  const reader = new TokenReader(tokensOf(text));
  if (!reader.accept('CREATE TABLE') || reader.name() === undefined || !reader.isNext('(')) return false;
  const elements = reader.group().flat();
  // A foreign key would refuse live code's deletes; the other words take rows, or numbers of a sequence, from elsewhere.
  if (elements.some((token) => token.kind === 'word' && REACHES_OUT.test(token.text))) return false;
  return TABLE_OPTIONS.test(codeOf(reader.rest()));
}

/** Code in capitals, one blank between tokens; a backtick stands for a quoted name and a quote for a string. */
function codeOf(tokens: Iterable<Token>): string {
  return [...tokens]
    .map(({ kind, text }) => (kind === 'name' ? '`' : kind === 'string' ? "'" : text.toUpperCase()))
    .join(' ');
}

const NAME = '(?:`|[\\w$\\u0080-\\uffff]+)';
const OPTION = '(?:ALGORITHM|LOCK) (?:= )?\\w+';
/** An index on an expression may refuse a row, and so may a unique one. */
const PART = '(?:\\w+|`)(?: \\( \\d+ \\))?(?: ASC| DESC)?';
const PARTS = `\\( ${PART}(?: , ${PART})* \\)`;
/** A column that a row may leave out. A TIMESTAMP may be NOT NULL unsaid, and JSON is checked on MariaDB. */
const COLUMN =
  "(?:(?:(?:TINY|SMALL|MEDIUM|BIG)?INT|INTEGER|BOOLEAN|BOOL|DECIMAL|NUMERIC|FLOAT|DOUBLE|VARCHAR|CHAR)(?: \\( \\d+(?: , \\d+)? \\))?(?: UNSIGNED)?(?: CHARACTER SET \\w+)?(?: COLLATE \\w+)?(?: NULL)?(?: (?:NOT NULL )?DEFAULT (?:- )?(?:'|\\d+(?:\\.\\d+)?)| DEFAULT NULL)?" +
  '|(?:DATE|DATETIME|TIME|TINYTEXT|TEXT|MEDIUMTEXT|LONGTEXT|TINYBLOB|BLOB|MEDIUMBLOB|LONGBLOB|(?:VAR)?BINARY)(?: \\( \\d+ \\))?(?: NULL)?(?: DEFAULT NULL)?' +
  ")(?: COMMENT ')?(?: FIRST| AFTER (?:\\w+|`))?";

const DROP = statement(
  alterTable(`DROP (?:(?:INDEX|KEY) |COLUMN )?(?:IF EXISTS )?${NAME}`),
  `DROP INDEX ${NAME} ON ${NAME}(?: ${OPTION})*`,
  `DROP (?:TABLE|VIEW) (?:IF EXISTS )?${NAME}(?: , ${NAME})*`,
);
const MAKE = statement(
  alterTable(`ADD (?:(?:INDEX|KEY) ${NAME} ${PARTS}|(?:COLUMN )?${NAME} ${COLUMN})`),
  `CREATE INDEX ${NAME} ON ${NAME} ${PARTS}(?: ${OPTION})*`,
  `CREATE VIEW ${NAME} (?:AS\\b|\\().*`,
);
const REACHES_OUT = /^(REFERENCES|FOREIGN|SELECT|WITH|VALUES|TABLE|LIKE|NEXT|NEXTVAL|SETVAL)$/i;
/** Other engines may keep their rows in a live table or on another server. */
const TABLE_OPTIONS =
  /^(?:(?:ENGINE (?:= )?INNODB|(?:DEFAULT )?(?:CHARSET|CHARACTER SET|COLLATE) (?:= )?\w+|COMMENT (?:= )?'|ROW_FORMAT (?:= )?\w+)(?: , | |$))*$/;

function alterTable(clause: string): string {
  return `ALTER TABLE ${NAME} (?:${clause}|${OPTION})(?: , (?:${clause}|${OPTION}))*`;
}

function statement(...forms: readonly string[]): RegExp {
  return new RegExp(`^(?:${forms.join('|')})$`, 's');
}
