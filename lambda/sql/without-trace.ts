import type { Effect } from './db-object';
import type { StatementKind } from './statement-kind';
import { TokenReader } from './token-reader';
import { tokensOf } from './tokens';

/** Statements that look after a table or a cache, by what may stand between their first word and TABLE. */
const CARE = /^(ANALYZE|OPTIMIZE|CHECK)( LOCAL| NO_WRITE_TO_BINLOG)? TABLES?\b/;

/**
 * Whether a statement surely leaves schema and rows as they are, wherever it is run: mysqldump's DISABLE KEYS (which InnoDB
 * ignores), and what looks after tables. Not MariaDB's ANALYZE of a statement, which runs it.
 */
export function isWithoutTrace(words: readonly string[], statement: string): boolean {
  if (CARE.test(words.join(' '))) return true;
  const reader = new TokenReader(tokensOf(statement));
  const isOfKeys =
    reader.accept('ALTER TABLE') && reader.qualifiedName() && reader.acceptAny('DISABLE KEYS', 'ENABLE KEYS');
  return isOfKeys === true && reader.peek() === undefined;
}

/**
 * Whether the definitions of its objects surely tell that a statement was run. Not of an ALTER, which may restore in the end
 * what it has emptied, nor of OR REPLACE: the table looks as before, and its rows are gone.
 */
export function showsWhenDone(words: readonly string[], effects: readonly Effect[] = []): boolean {
  if (effects.length === 0 || words[0] === 'ALTER') return false;
  return effects.every(
    (effect) => (effect.action === 'create' && effect.orReplace !== true) || ['drop', 'rename'].includes(effect.action),
  );
}

/** Whether a statement only reads, but for what the functions in it do. */
export function isRead(kind: StatementKind['kind'], words: readonly string[]): boolean {
  const [first = '', second] = words;
  if (kind === 'session') return true;
  if (kind !== 'dml' || !READS.has(first)) return false;
  // EXPLAIN ANALYZE runs what it explains.
  return !EXPLAINS.has(first) || second !== 'ANALYZE';
}

const EXPLAINS = new Set(['EXPLAIN', 'DESCRIBE', 'DESC']);

const READS = new Set(['SELECT', 'DO', 'SHOW', ...EXPLAINS]);
