import { effectsOf } from './objects';
import { classify, firstWords } from './statement-kind';
import { keywordOf, tokensOf } from './tokens';

/** Statements that look after a table or a cache, by what may stand between their first word and TABLE. */
const CARE = /^(ANALYZE|OPTIMIZE|CHECK)( LOCAL| NO_WRITE_TO_BINLOG)? TABLES?\b/;

/**
 * Whether a statement surely leaves schema and rows as they are, wherever it is run: mysqldump's DISABLE KEYS (which InnoDB
 * ignores), and what looks after tables. Not MariaDB's ANALYZE of a statement, which runs it.
 */
export function isWithoutTrace(statement: string): boolean {
  const words = firstWords(statement).join(' ');
  if (CARE.test(words)) return true;
  if (!words.startsWith('ALTER TABLE ')) return false;
  const all = [...tokensOf(statement)].map((token) => keywordOf(token) || token.text).join(' ');
  return /^ALTER TABLE \S+( \. \S+)? (DISABLE|ENABLE) KEYS$/.test(all);
}

/**
 * Whether the definitions of its objects surely tell that a statement was run. Not of an ALTER, which may put back in the end
 * what it has emptied, nor of OR REPLACE: the table looks as before, and its rows are gone.
 */
export function showsWhenDone(statement: string): boolean {
  const effects = effectsOf(statement) ?? [];
  if (effects.length === 0 || firstWords(statement)[0] === 'ALTER') return false;
  return effects.every(
    (effect) => (effect.action === 'create' && effect.orReplace !== true) || ['drop', 'rename'].includes(effect.action),
  );
}

/** Whether a DML or session statement only reads, but for what the functions in it do. */
export function isRead(statement: string): boolean {
  const { kind, verb } = classify(statement);
  if (kind === 'session') return true;
  if (kind !== 'dml' || !READS.has(verb)) return false;
  // EXPLAIN ANALYZE runs what it explains.
  return !EXPLAINS.has(verb) || firstWords(statement)[1] !== 'ANALYZE';
}

const EXPLAINS = new Set(['EXPLAIN', 'DESCRIBE', 'DESC']);

const READS = new Set(['SELECT', 'DO', 'SHOW', ...EXPLAINS]);
