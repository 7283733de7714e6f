import { JOURNAL_TABLES, type JournalTouch } from './journal-touch';
import { skipCommonTables } from './row-effects';
import { objectWord } from './object-word';
import { TokenReader, type QualifiedName } from './token-reader';
import { isMark, keywordOf, tokensOf } from './tokens';
import { writtenTables } from './written-tables';

/**
 * Looks at the statements of a migration, one after the other, for those that would write to the journal's tables, change,
 * rename or drop them or their database. Reading them is no harm.
 *
 * It follows USE, the bodies of routines, triggers and events, and texts that are prepared as they stand; not what a
 * CALL runs, a view leads to, or an expression puts together.
 */
export class JournalWatch {
  readonly #database: string | undefined;
  /** Texts that user variables may hold. */
  readonly #variables = new Map<string, readonly string[]>();
  /** The database that names without one are in; undefined for the migrated one. */
  #home: string | undefined;
  #homeBefore: string | undefined;

  /** @param database name of the migrated database; undefined where it is not known: then qualified names are another's */
  constructor(database: string | undefined) {
    this.#database = database;
  }

  /** The server has refused the USE that was looked at last: names mean what they meant before. */
  useFailed(): void {
    this.#home = this.#homeBefore;
  }

  /** What the next statement of the migration would do to the journal; null where nothing of the kind is seen. */
  look(statement: string): JournalTouch | null {
    const touches = [...this.#touches(new TokenReader(tokensOf(statement)), this.#home)];
    return touches.find(({ isExact }) => isExact) ?? touches[0] ?? null;
  }

  *#touches(reader: TokenReader, home: string | undefined): Touches {
    while (reader.acceptMark('('));
    const verb = reader.keyword();
    reader.next();
    switch (verb) {
      case 'ALTER':
      case 'CREATE':
      case 'DROP':
        return yield* this.#definition(verb, reader, home);
      case 'RENAME':
        if (reader.acceptAny('TABLE', 'TABLES')) yield* this.#list('RENAME TABLE', reader, home, true);
        return;
      case 'TRUNCATE':
        reader.accept('TABLE');
        return yield* this.#table(verb, reader.qualifiedName(), home);
      case 'INSERT':
      case 'REPLACE':
      case 'LOAD':
      case 'UPDATE':
      case 'DELETE':
        for (const name of writtenTables(verb, reader)) yield* this.#table(verb, name, home);
        return;
      case 'WITH':
        skipCommonTables(reader);
        return yield* this.#touches(reader, home);
      case 'ANALYZE':
      case 'OPTIMIZE':
      case 'REPAIR':
        reader.acceptAny('LOCAL', 'NO_WRITE_TO_BINLOG');
        if (reader.acceptAny('TABLE', 'TABLES')) return yield* this.#list(`${verb} TABLE`, reader, home);
        // MariaDB's ANALYZE runs the statement that it analyzes.
        return yield* this.#touches(withoutFormat(reader), home);
      case 'EXPLAIN':
      case 'DESCRIBE':
      case 'DESC':
        if (reader.accept('ANALYZE')) yield* this.#touches(withoutFormat(reader), home);
        return;
      case 'SET':
        return yield* this.#set(reader, home);
      case 'PREPARE':
      case 'EXECUTE':
        return yield* this.#prepared(reader, home);
      case 'USE':
        this.#homeBefore = this.#home;
        this.#home = reader.name();
        return;
      default:
        if (BLOCKS.has(verb)) yield* this.#body('', reader, home);
    }
  }

  *#definition(verb: 'ALTER' | 'CREATE' | 'DROP', reader: TokenReader, home: string | undefined): Touches {
    const isReplaced = reader.accept('OR REPLACE');
    const { word: kind } = objectWord(reader);
    if (!reader.accept('IF NOT EXISTS')) reader.accept('IF EXISTS');
    const what = `${verb} ${kind}`;
    switch (kind) {
      case 'TABLE':
      case 'VIEW':
      case 'SEQUENCE': {
        if (verb === 'DROP') return yield* this.#list(what, reader, home);
        const name = reader.qualifiedName();
        yield* this.#table(what, name, home);
        if (kind !== 'TABLE') return;
        const clauses = reader.rest();
        if (verb === 'ALTER') yield* this.#exchanged(new TokenReader(clauses), name?.schema ?? home);
        return yield* this.#referenced(new TokenReader(clauses), name?.schema ?? home);
      }
      case 'INDEX':
        return yield* this.#table(`${what} on`, nameBehind(reader, 'ON'), home);
      case 'TRIGGER': {
        if (verb === 'DROP') return;
        const table = nameBehind(reader, 'ON');
        yield* this.#table(`${what} on`, table, home);
        return yield* this.#body(`${what} with `, reader, table?.schema ?? home);
      }
      case 'EVENT':
      case 'FUNCTION':
      case 'PACKAGE':
      case 'PROCEDURE':
        if (verb !== 'DROP') yield* this.#body(`${what} with `, reader, reader.qualifiedName()?.schema ?? home);
        return;
      case 'DATABASE':
        if (verb === 'ALTER') return yield* this.#madeReadOnly(reader, home);
        if (verb === 'DROP') yield* this.#itself('DROP DATABASE', reader.name());
        if (isReplaced) yield* this.#itself('CREATE OR REPLACE DATABASE', reader.name());
        return;
      default:
    }
  }

  /** In a database that may only be read, the journal cannot be written. */
  *#madeReadOnly(reader: TokenReader, home: string | undefined): Touches {
    const name = DATABASE_OPTIONS.has(reader.keyword()) ? home : reader.name();
    while (reader.peek() && !reader.accept('READ ONLY')) reader.next();
    if (reader.peek()) yield* this.#itself('ALTER DATABASE READ ONLY', name ?? this.#database);
  }

  /** Tables that a foreign key leads to: it would keep their rows from being deleted. */
  *#referenced(reader: TokenReader, home: string | undefined): Touches {
    while (reader.peek()) {
      if (reader.accept('REFERENCES')) yield* this.#table('a foreign key to', reader.qualifiedName(), home);
      else reader.next();
    }
  }

  /** Tables that an ALTER TABLE takes the name or the rows of: RENAME, CONVERT and EXCHANGE PARTITION … WITH TABLE. */
  *#exchanged(reader: TokenReader, home: string | undefined): Touches {
    while (reader.peek()) {
      if (reader.accept('TABLE')) yield* this.#table('ALTER TABLE … WITH TABLE', reader.qualifiedName(), home);
      else if (reader.accept('RENAME') && !reader.acceptAny('COLUMN', 'INDEX', 'KEY')) {
        if (!reader.acceptAny('TO', 'AS')) reader.acceptMark('=');
        yield* this.#table('ALTER TABLE … RENAME TO', reader.qualifiedName(), home);
      } else reader.next();
    }
  }

  /** The statements in a body, wherever in it they stand. */
  *#body(within: string, reader: TokenReader, home: string | undefined): Touches {
    const tokens = reader.rest();
    for (const [index, token] of tokens.entries()) {
      const isVerb = BODY_VERBS.has(keywordOf(token)) && !isMark(tokens[index + 1], '(');
      if (!isVerb || NO_STATEMENT_AFTER.has(keywordOf(tokens[index - 1]))) continue;
      const end = tokens.findIndex((other, at) => at > index && isMark(other, ';'));
      const statement = tokens.slice(index, end === -1 ? undefined : end);
      for (const touch of this.#touches(new TokenReader(statement), home)) {
        yield { ...touch, what: `${within}${touch.what}` };
      }
    }
  }

  /** SET, which may run another statement (MariaDB) or keep the text of one. */
  *#set(reader: TokenReader, home: string | undefined): Touches {
    if (reader.accept('STATEMENT')) {
      while (reader.peek() && !reader.accept('FOR')) reader.next();
      return yield* this.#touches(reader, home);
    }
    const tokens = reader.rest();
    const texts = tokens.filter(({ kind }) => kind === 'string').map(({ text }) => text);
    for (const [index, token] of tokens.entries()) {
      const name = tokens[index + 1]?.text.toLowerCase();
      if (isMark(token, '@') && name !== undefined) this.#variables.set(name, texts);
    }
  }

  /** PREPARE … FROM and EXECUTE IMMEDIATE. */
  *#prepared(reader: TokenReader, home: string | undefined): Touches {
    while (reader.peek() && !reader.acceptAny('FROM', 'IMMEDIATE')) reader.next();
    const isVariable = reader.acceptMark('@');
    const token = reader.next();
    if (token === undefined) return;
    const texts = isVariable ? (this.#variables.get(token.text.toLowerCase()) ?? []) : [token.text];
    for (const text of texts) {
      const prepared = new TokenReader(tokensOf(text));
      // No server prepares these, and a text could name itself.
      if (prepared.keyword() !== 'PREPARE' && prepared.keyword() !== 'EXECUTE') yield* this.#touches(prepared, home);
    }
  }

  /** The tables of a list. `toNames`: each with its new name. */
  *#list(verb: string, reader: TokenReader, home: string | undefined, toNames = false): Touches {
    do {
      reader.accept('IF EXISTS');
      yield* this.#table(verb, reader.qualifiedName(), home);
      if (toNames) yield* this.#table('RENAME TABLE … TO', nameBehind(reader, 'TO'), home);
    } while (reader.acceptMark(','));
  }

  *#table(verb: string, name: QualifiedName | undefined, home: string | undefined): Touches {
    const table = JOURNAL_TABLES.find((journal) => journal === name?.name.toLowerCase());
    if (name === undefined || table === undefined) return;
    const database = name.schema ?? home;
    if (database !== undefined && database.toLowerCase() !== this.#database?.toLowerCase()) return;
    const isExact = name.name === table && (database === undefined || database === this.#database);
    yield { what: `${verb} ${name.name}`, isDatabase: false, isExact };
  }

  *#itself(verb: string, name: string | undefined): Touches {
    if (name === undefined || name.toLowerCase() !== this.#database?.toLowerCase()) return;
    yield { what: `${verb} ${name}`, isDatabase: true, isExact: name === this.#database };
  }
}

type Touches = Generator<JournalTouch, void, undefined>;

/** Statements that have others in them (MariaDB). */
const BLOCKS = new Set(['BEGIN', 'CASE', 'FOR', 'IF', 'LOOP', 'REPEAT', 'WHILE']);

/** Statements that can stand in a body. */
const BODY_VERBS = new Set(
  'ALTER ANALYZE CREATE DELETE DROP EXECUTE INSERT LOAD OPTIMIZE PREPARE RENAME REPAIR REPLACE SET TRUNCATE UPDATE'.split(
    ' ',
  ),
);

/** Behind these, such a word says when a trigger runs, what a foreign key does, or how rows are locked. */
const NO_STATEMENT_AFTER = new Set(['AFTER', 'BEFORE', 'FOR', 'KEY', 'ON', 'OR']);

const DATABASE_OPTIONS = new Set(['CHARACTER', 'CHARSET', 'COLLATE', 'COMMENT', 'DEFAULT', 'ENCRYPTION', 'READ']);

function nameBehind(reader: TokenReader, word: string): QualifiedName | undefined {
  while (reader.peek() && !reader.accept(word)) reader.next();
  return reader.qualifiedName();
}

function withoutFormat(reader: TokenReader): TokenReader {
  if (!reader.accept('FORMAT')) return reader;
  reader.acceptMark('=');
  reader.next();
  return reader;
}
