import { describeTouch } from '../../lambda/sql/journal-touch';
import { JournalWatch } from '../../lambda/sql/journal-watch';
import { classify } from '../../lambda/sql/statement-kind';
import { splitStatements, type Statement, type Unreadable } from '../script/statements';
import { backslashProblem } from './client-commands';
import type { MigrationProblem, Reading } from '../review/migration-problem';
import { soWith } from '../review/told-together';
import { impossibleNameIn } from './impossible-name';
import { refusalOf } from './refused-statement';
import { templateInQuotes } from './template-marks';

/** SQL of one direction, and where it stands in its file. */
export interface SqlPart {
  readonly file: string;
  readonly text: string;
  /** Line of the file on which the text starts, counted from 1. */
  readonly line: number;
}

/**
 * Splits the statements and sorts out those that would take transactions and locks out of the function's hands, or touch
 * its journal.
 */
export function statementsIn(
  { file, text, line }: SqlPart,
  direction: 'up' | 'down',
  database: string | undefined,
): Reading<readonly Statement[]> & { problems: MigrationProblem[] } {
  const statements: Statement[] = [];
  const split = splitStatements(text, statements);
  const found: Statement[] = [];
  const problems: MigrationProblem[] = [];
  const warnings: MigrationProblem[] = [];
  const journal = new JournalWatch(database);
  const told = new Set<string>();
  const isFilled = /^[ \t]*--[ \t]*\+goose[ \t]+ENVSUB[ \t]+ON\b/im.test(text);
  const locks: (MigrationProblem & { readonly line: number })[] = [];
  for (const statement of statements) {
    const at = { file, line: line + statement.line - 1, column: statement.column };
    const refusal = refusalOf(statement.text);
    // Folders that have long been deployed hold such downs; only a rollback would ever run into them.
    const isLater = refusal?.code === 'foreign-syntax' && direction === 'down';
    if (refusal !== undefined && !(refusal.isOnce === true && told.has(refusal.code))) {
      const { code, problem } = refusal;
      if (isLater) warnings.push({ ...at, code, problem: `${problem}. The rollback that runs it will fail there` });
      else problems.push({ ...at, code, problem });
      if (refusal.isOnce === true) told.add(code);
    }
    if (refusal !== undefined && !isLater) continue;
    const foreign = foreignProblems(statement.text, told, isFilled);
    warnings.push(...foreign.map((problem) => ({ ...at, code: 'foreign-syntax', problem })));
    const { kind, verb } = classify(statement.text);
    const touch = journal.look(statement.text);
    if (touch !== null) {
      // Whether it is the journal may be up to the server, which the function asks.
      const where = 'on a server that does not tell capitals in names of tables apart (lower_case_table_names)';
      const problem = touch.isExact ? describeTouch(touch) : `${where} ${describeTouch(touch)}`;
      (touch.isExact ? problems : warnings).push({ ...at, code: 'journal-touched', problem });
    }
    if (kind !== 'transaction') {
      found.push({ text: statement.text, line: at.line, column: at.column });
    } else if (verb === 'LOCK TABLES' || verb === 'UNLOCK TABLES') {
      // A dump is full of them. The lock under which migrations run makes them needless; run, they would keep the
      // journal from being written.
      const problem = `${verb} is skipped: migrations run one at a time anyway`;
      locks.push({ ...at, code: 'table-lock-skipped', problem });
    } else {
      problems.push({
        ...at,
        code: 'transaction-control',
        problem: `${verb} is not allowed: each statement runs in a transaction with the journal's entry for it; remove it`,
      });
    }
  }
  if (split.kind === 'unreadable') {
    // A mode or a command that is not followed is why the rest cannot be read: it says more than what came of it.
    const cause = problems.filter(({ code }) => code === 'sql-mode' || code === 'client-command');
    const own = unreadable(file, { ...split, line: line + split.line - 1 });
    return { problems: cause.length > 0 ? cause : [own], warnings: [] };
  }
  const [lock, ...others] = locks;
  if (lock !== undefined) {
    warnings.push({ ...lock, problem: `${lock.problem}${soWith(others.map((each) => each.line))}` });
  }
  return { found: problems.length === 0 ? found : undefined, problems, warnings };
}

/** What comes from elsewhere and a server takes all the same, each once: `told` has what was said before. */
function foreignProblems(text: string, told: Set<string>, isFilled: boolean): readonly string[] {
  const quoted = told.has('quoted') ? undefined : templateInQuotes(text, isFilled);
  if (quoted !== undefined) told.add('quoted');
  const impossible = told.has('name') ? undefined : impossibleNameIn(text);
  if (impossible !== undefined) told.add('name');
  return [
    ...(quoted === undefined ? [] : [quotedProblem(quoted)]),
    ...(impossible === undefined ? [] : [impossibleProblem(impossible)]),
  ];
}

function quotedProblem(template: string): string {
  return `${template} in quotes looks like a template of another tool, and nothing replaces it here: the server gets it as it is written. Write what it stands for`;
}

function impossibleProblem(name: string): string {
  return `no name can hold a character beyond U+FFFF, as in ${name}: MySQL makes a question mark of it without a word, so that two names may be one, and MariaDB refuses it. Name it otherwise`;
}

/** A place at which a text cannot be read on, as a problem of its file. */
export function unreadable(file: string, { line, column, problem, backslash }: Unreadable): MigrationProblem {
  return backslash === undefined
    ? { code: 'unreadable-sql', file, line, column, problem }
    : { code: 'client-command', file, line, column, problem: backslashProblem(backslash) };
}
