import { isMark, keywordOf, tokensOf, type Token } from './tokens';

/**
 * How a statement has to be run:
 * - `dml`: in one transaction with its journal write; so are statements that only read
 * - `ddl`, `other`: may commit by itself, so it is journalled before and after
 * - `session`: changes nothing but the session, never counted as done
 * - `transaction`: would take transactions or locks out of our hands, never run
 */
export interface StatementKind {
  readonly kind: 'dml' | 'ddl' | 'session' | 'transaction' | 'other';
  /**
   * The statement's first words in capitals, as many as tell it apart: `INSERT`, `LOCK TABLES`, `SET AUTOCOMMIT`; `SET @` where
   * it sets nothing but user variables.
   */
  readonly verb: string;
}

const DML = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'SELECT', 'WITH', 'DO']);
/** They change nothing, and what a transaction has done stays in it. */
const READS = new Set(['SHOW', 'EXPLAIN', 'DESCRIBE', 'DESC']);
const DDL = new Set(['CREATE', 'ALTER', 'DROP', 'RENAME', 'TRUNCATE']);
const TRANSACTION = new Set(['BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'XA']);
/** Objects that live outside of a database: what happened to them cannot be read from its schema. */
const SERVER_OBJECTS = new Set('USER ROLE SERVER TABLESPACE LOGFILE RESOURCE SPATIAL INSTANCE UNDO'.split(' '));
/** A prepared statement is the session's: to forget it changes nothing else. */
const PREPARED = new Set(['DEALLOCATE PREPARE', 'DROP PREPARE']);
const LOCK_FUNCTIONS = new Set(['GET_LOCK', 'RELEASE_LOCK', 'RELEASE_ALL_LOCKS']);

/**
 * Tells how a statement has to be run.
 *
 * DML is an allow-list: what is not known to stay inside of a transaction is treated as committing. The reverse mistake
 * would run a statement twice after a crash.
 *
 * @param words its first ones, where they are read already
 */
export function classify(statement: string, words = firstWords(statement)): StatementKind {
  const [first = '', second = '', third = ''] = words;
  if (TRANSACTION.has(first)) return { kind: 'transaction', verb: first };
  if (first === 'SET') return classifySet([...tokensOf(statement)]);
  if (first === 'USE') return { kind: 'session', verb: 'USE' };
  if (first === 'PREPARE' || PREPARED.has(`${first} ${second}`)) return { kind: 'session', verb: 'PREPARE' };
  if (first === 'SELECT' || first === 'WITH' || first === 'DO') return classifyQuery(tokensOf(statement), first);
  if (first === 'FLUSH' && holdsFlushedTables(statement))
    return { kind: 'transaction', verb: 'FLUSH TABLES WITH READ LOCK' };
  if (DML.has(first) || READS.has(first)) return { kind: 'dml', verb: first };
  if (DDL.has(first)) {
    const server = SERVER_OBJECTS.has(second) && !(second === 'SPATIAL' && third === 'INDEX');
    return { kind: server ? 'other' : 'ddl', verb: first };
  }

  const pair = `${first} ${second}`;
  if (pair === 'LOAD DATA') return { kind: 'dml', verb: pair };
  if (pair === 'START TRANSACTION' || pair === 'RELEASE SAVEPOINT') return { kind: 'transaction', verb: pair };
  if (/^(UN)?LOCK TABLES?$/.test(pair)) return { kind: 'transaction', verb: `${first} TABLES` };
  return { kind: 'other', verb: first };
}

/** The first four words in capitals, past the parentheses that may open a query. */
export function firstWords(statement: string): readonly string[] {
  const words: string[] = [];
  for (const token of tokensOf(statement)) {
    if (words.length === 0 && isMark(token, '(')) continue;
    words.push(keywordOf(token));
    if (words.length === 4) break;
  }
  return words;
}

/** A SELECT, WITH or DO, read to its end: it may write a file, or take our lock away. */
function classifyQuery(tokens: Iterable<Token>, verb: string): StatementKind {
  let previous = '';
  let kind: StatementKind = { kind: 'dml', verb };
  for (const token of tokens) {
    if (isMark(token, '(') && LOCK_FUNCTIONS.has(previous)) return { kind: 'transaction', verb: previous };
    const word = token.kind === 'name' ? token.text.toUpperCase() : keywordOf(token);
    if (previous === 'INTO' && (word === 'OUTFILE' || word === 'DUMPFILE')) kind = { kind: 'other', verb };
    previous = word;
  }
  return kind;
}

/** A SET, each of its assignments for itself: the scope of one does not hold for the next. */
function classifySet(tokens: readonly Token[]): StatementKind {
  const query = classifyQuery(tokens, 'SET');
  if (query.kind === 'transaction') return query;

  let kind: StatementKind = { kind: 'session', verb: 'SET @' };
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (isMark(token, '(')) depth += 1;
    if (isMark(token, ')')) depth -= 1;
    const starts = index === 0 || (depth === 0 && isMark(token, ','));
    if (!starts) continue;
    // A user variable starts with one @, a system variable with two or none.
    const target = tokens.slice(index + 1, index + 6);
    const words = target.filter(({ kind: type }) => type !== 'mark').map(({ text }) => text.toUpperCase());
    const userVariable = target[0]?.text === '@' && target[1]?.text !== '@';
    if (userVariable) continue;
    if (kind.kind === 'session') kind = { kind: 'session', verb: 'SET' };
    const [scope = '', next = ''] = words;
    const name = scope === 'SESSION' || scope === 'LOCAL' ? next : scope;
    if (TRANSACTION_VARIABLES.has(name)) return { kind: 'transaction', verb: `SET ${name}` };
    // SET TRANSACTION takes its characteristics with commas between them.
    if ((name === 'TRANSACTION' || name === 'READ') && words.join(' ').endsWith('READ ONLY')) {
      return { kind: 'transaction', verb: 'SET TRANSACTION READ ONLY' };
    }
    if (NOT_SESSION.has(scope) || (index === 0 && isServerSet(scope, next))) kind = { kind: 'other', verb: 'SET' };
  }
  return kind;
}

/** After these the journal could not be written, or not together with a step. */
const TRANSACTION_VARIABLES = new Set(['AUTOCOMMIT', 'TRANSACTION_READ_ONLY', 'TX_READ_ONLY']);

const NOT_SESSION = new Set(['GLOBAL', 'PERSIST', 'PERSIST_ONLY']);

function isServerSet(first: string, second: string): boolean {
  return ['PASSWORD', 'STATEMENT', 'RESOURCE'].includes(first) || (first === 'DEFAULT' && second === 'ROLE');
}

function holdsFlushedTables(statement: string): boolean {
  return [...tokensOf(statement)].map(keywordOf).some((word) => word === 'LOCK' || word === 'EXPORT');
}
