import { keywordOf, tokensOf, type Token } from '../../lambda/sql/tokens';
import { clientWordProblem } from './client-commands';
import { dumpedServer } from './dumped-server';
import { foreignSyntax } from './foreign-syntax';
import type { MigrationProblem } from '../review/migration-problem';
import { invisibleIn, withBlanks } from './invisible-characters';
import { refusedSqlMode } from './sql-mode-refusal';
import { nearestStatementWord, STATEMENT_WORDS } from './statement-words';
import { templateIn } from './template-marks';

/** Why a statement cannot be part of a migration. */
export type Refusal = Pick<MigrationProblem, 'code' | 'problem'> & {
  /** A file that has one has many, for the one reason: it is told once. */
  readonly isOnce?: true;
};

/** Says why a statement would fail in the function or be misread by it, though its text can be split; undefined for others. */
export function refusalOf(statement: string): Refusal | undefined {
  const tokens = firstTokens(statement);
  const [first] = tokens;
  if (first === undefined) return undefined;
  const template = templateIn(statement);
  if (template !== undefined) return { code: 'foreign-syntax', problem: templateProblem(template), isOnce: true };
  const written = statement.slice(first.start, first.end);
  const command = clientWordProblem(written);
  if (command !== undefined) return { code: 'client-command', problem: command };
  const verb = keywordOf(first);
  if (!STATEMENT_WORDS.has(verb)) return { code: 'unknown-statement', problem: unknownProblem(written) };
  if (verb === 'LOAD' && tokens.slice(1).some((token) => keywordOf(token) === 'LOCAL')) {
    return { code: 'local-file', problem: LOCAL_FILE };
  }
  const dumped = verb === 'SET' || verb === 'CHANGE' ? dumpedServer(statement) : undefined;
  if (dumped !== undefined) return { code: 'server-setting', problem: dumped, isOnce: true };
  const instead = foreignSyntax(statement);
  if (instead !== undefined) return { code: 'foreign-syntax', problem: foreignProblem(instead) };
  const mode = verb === 'SET' ? refusedSqlMode(statement) : undefined;
  return mode === undefined ? undefined : { code: 'sql-mode', problem: modeProblem(mode) };
}

const LOCAL_FILE =
  'LOAD … LOCAL reads a file of the client, and the function that runs migrations has no such file: write the rows as INSERT, or load the file from S3 (LOAD DATA FROM S3)';

function foreignProblem(instead: string): string {
  return `it is SQL of another database, and a syntax error on MySQL and on MariaDB: ${instead}`;
}

function templateProblem(template: string): string {
  return `${template} is a template of another tool, a syntax error on MySQL and on MariaDB, and nothing replaces it here: write what it stands for, in the whole file`;
}

function modeProblem(mode: string): string {
  const instead =
    mode === 'NO_BACKSLASH_ESCAPES'
      ? 'write each backslash in a string twice'
      : "put names into backticks and strings into ' (mysqldump without --compatible does so)";
  return `sql_mode ${mode} is not supported: each statement is read for itself, with backslashes that escape and double quotes around strings. Take ${mode} out, and ${instead}`;
}

function unknownProblem(written: string): string {
  const invisible = invisibleIn(written);
  if (invisible !== undefined) {
    const word = withBlanks(written).trim();
    const where = word === '' ? 'stands where a statement begins' : `stands in or before ${word}`;
    return `a character that cannot be seen ${where} (${invisible}): the server takes it for a letter, and no statement begins so. Take it out`;
  }
  if (written === '-')
    return 'a comment of MySQL and MariaDB needs a blank behind its --, and no statement begins with -';
  const meant = nearestStatementWord(written);
  const guess = meant === undefined ? 'correct it, or make it a comment' : `is ${meant} meant?`;
  return `no statement of MySQL or MariaDB begins with ${written}: ${guess}`;
}

/** The first tokens past the parentheses that may open a query; a LOAD says LOCAL within its first four words. */
function firstTokens(statement: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const token of tokensOf(statement)) {
    if (tokens.length === 0 && token.kind === 'mark' && token.text === '(') continue;
    tokens.push(token);
    if (tokens.length === 4) break;
  }
  return tokens;
}
