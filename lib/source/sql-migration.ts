import { describeTouch } from '../../lambda/sql/journal-touch';
import { JournalWatch } from '../../lambda/sql/journal-watch';
import { misspeltMarker, parseSections, saysIrreversible, withoutMarkers } from '../script/sections';
import { classify } from '../../lambda/sql/statement-kind';
import { splitStatements, type Statement, type Unreadable } from '../script/statements';
import { stepLinesOf } from '../../lambda/manifest/step-lines';
import type { Script, SqlScript } from '../../lambda/manifest/types';
import { backslashProblem } from './client-commands';
import { failed, type MigrationProblem, type Reading } from '../review/migration-problem';
import { nearMarker } from './near-markers';
import { refusalOf } from './refused-statement';
import { mayDestroyRows } from '../review/may-destroy-rows';
import { reviewMigration } from '../review/review-migration';
import { underReview } from '../review/statement-under-review';
import type { ColumnDefinitions } from '../review/tables/column-definitions';
import type { SourceText } from './source-text';

/** What a migration runs, and what is told of it. */
export interface FoundScript {
  readonly script: Script;
  /** Where its steps begin; absent for a module. */
  readonly stepLines?: string;
  /** It may destroy rows that no down restores. */
  readonly isDestructive: boolean;
  /** What is to be said of it, the migrations before having left columns so; nothing of a module, which may change any. */
  readonly review?: (columns: ColumnDefinitions) => readonly MigrationProblem[];
}

/** SQL of one direction, and where it stands in its file. */
interface SqlPart {
  readonly file: string;
  readonly text: string;
  /** Line of the file on which the text starts, counted from 1. */
  readonly line: number;
}

/** Reads a migration of one file with sections, dbmate's format. `database`: name of the migrated one, where it is known. */
export function readSectionedSql({ file, source }: SourceText, database?: string): Reading<FoundScript> {
  const near = nearMarker(source);
  if (near) return failed({ code: 'unreadable-sql', file, ...near });
  const sections = parseSections(withUnixLineEnds(source));
  if (sections.kind === 'unmarked') {
    const name = file.replace(/\.sql$/, '');
    return failed({
      code: 'section-missing',
      file,
      line: sections.line,
      problem: `${sections.problem}: put it before the statements and "-- migrate:down" before those that revert them, or name the files ${name}.up.sql and ${name}.down.sql`,
    });
  }
  if (sections.kind === 'unreadable') {
    return failed(unreadable(file, sections));
  }
  const { irreversible } = sections;
  if (sections.down === undefined && !irreversible && !saysNothingToDo(sections.up)) {
    return failed({
      code: 'down-missing',
      file,
      problem:
        'it has no "-- migrate:down": add it with the statements that revert the others, or the line "-- migrate:irreversible"',
    });
  }
  return scriptOf(
    { file, text: sections.up, line: sections.upLine },
    { file, text: sections.down ?? '', line: sections.downLine ?? 1 },
    irreversible,
    database,
  );
}

/**
 * Reads a migration of two files, golang-migrate's format. One of them may be missing, which is a problem. `database`: name of
 * the migrated one, where it is known.
 */
export function readPairedSql(
  name: string,
  { up, down }: { readonly up?: SourceText; readonly down?: SourceText },
  database?: string,
): Reading<FoundScript> {
  if (up === undefined) {
    return failed({
      code: 'up-missing',
      file: `${name}.down.sql`,
      problem: `it has no ${name}.up.sql beside it: add that file or remove this one`,
    });
  }
  const irreversible = saysIrreversible(up.source) || (down !== undefined && saysIrreversible(down.source));
  if (down === undefined && !irreversible && !saysNothingToDo(up.source)) {
    return failed({
      code: 'down-missing',
      file: up.file,
      problem: `it has no ${name}.down.sql beside it: add that file with the statements that revert these, or the line "-- migrate:irreversible" here`,
    });
  }
  for (const { file, source } of down === undefined ? [up] : [up, down]) {
    const misspelt = misspeltMarker(source) ?? nearMarker(source, file === up.file ? 'up' : 'down');
    if (misspelt) return failed({ code: 'unreadable-sql', file, line: misspelt.line, problem: misspelt.problem });
    if (parseSections(source).kind === 'unmarked') continue;
    return failed({
      code: 'section-misplaced',
      file,
      problem: `it has "-- migrate:" sections, which count in a file named ${name}.sql only: rename it, or take them out`,
    });
  }
  return scriptOf(
    wholeFile(up),
    down === undefined ? { file: up.file, text: '', line: 1 } : wholeFile(down),
    irreversible,
    database,
  );
}

function wholeFile({ file, source }: SourceText): SqlPart {
  return { file, text: withUnixLineEnds(source), line: 1 };
}

function scriptOf(
  up: SqlPart,
  down: SqlPart,
  irreversible: boolean,
  database: string | undefined,
): Reading<FoundScript> {
  const ownUps = statementsIn(up, 'up', database);
  const isNothing = ownUps.found?.length === 0 && saysNothingToDo(up.text);
  const ups = isNothing ? NOTHING : ownUps;
  const ownDowns = statementsIn(down, 'down', database);
  const downs = isNothing && !irreversible && ownDowns.found?.length === 0 ? NOTHING : ownDowns;
  const warnings = [...ups.warnings, ...downs.warnings];
  const problems = [
    ...ups.problems,
    ...downs.problems,
    ...countProblems(up, down, { ups: ownUps.found?.length, downs: ownDowns.found?.length, isNothing, irreversible }),
  ];
  if (ups.found === undefined || downs.found === undefined || problems.length > 0) {
    return { problems, warnings };
  }
  const script: SqlScript = {
    v: 1,
    up: ups.found.map(({ text }) => text),
    down: downs.found.map(({ text }) => text),
    ...(irreversible && { irreversible }),
  };
  // Where its name is not known, no other database has this one.
  const home = database ?? '';
  const migration = {
    home,
    up: underReview(up.file, ups.found, home),
    down: underReview(down.file, downs.found, home),
    irreversible,
  };
  const linesOf = (statements: readonly Statement[]): readonly number[] => statements.map(({ line }) => line);
  // Of a pair, one without a down has its up's file twice.
  const areTwoFiles = down.file !== up.file || up.file.endsWith('.up.sql');
  const stepLines = stepLinesOf(linesOf(ups.found), linesOf(downs.found), areTwoFiles);
  // Not all who read a folder ask, and it takes longer than all else.
  const review = (columns: ColumnDefinitions): readonly MigrationProblem[] => [
    ...warnings,
    ...reviewMigration(migration, columns),
  ];
  return { found: { script, stepLines, isDestructive: mayDestroyRows(migration), review }, problems, warnings };
}

/** How many statements a migration has; undefined where they cannot be told. */
interface Counts {
  readonly ups: number | undefined;
  readonly downs: number | undefined;
  /** Whether its up says that it does nothing. */
  readonly isNothing: boolean;
  readonly irreversible: boolean;
}

function countProblems(
  up: SqlPart,
  down: SqlPart,
  { ups, downs, isNothing, irreversible }: Counts,
): MigrationProblem[] {
  const found = ({ file, line }: SqlPart, code: string, problem: string): MigrationProblem => ({
    code,
    file,
    line,
    problem,
  });
  const problems: MigrationProblem[] = [];
  if (ups === 0 && !isNothing) {
    const problem =
      'its up has no statement: add one, or a comment that says why it does nothing, or remove the migration';
    problems.push(found(up, 'up-empty', problem));
  }
  if (isNothing && !irreversible && downs !== undefined && downs > 0) {
    const problem =
      'its up has no statement, so that those of its down would revert what it did not do: remove them, or add those of the up (DO 0; if it is to be so)';
    problems.push(found(up, 'up-empty', problem));
  }
  if (downs === 0 && ups !== 0 && !irreversible) {
    const problem = 'its down has no statement: add those that revert the up, or the line "-- migrate:irreversible"';
    problems.push(found(down, 'down-empty', problem));
  }
  if (irreversible && downs !== undefined && downs > 0) {
    const problem = '"migrate:irreversible" contradicts the statements of its down: remove one of the two';
    problems.push(found(down, 'irreversible-with-down', problem));
  }
  return problems;
}

/**
 * Splits the statements and sorts out those that would take transactions and locks out of the function's hands, or touch
 * its journal.
 */
function statementsIn(
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
  let hasTemplate = false;
  for (const statement of statements) {
    const at = { file, line: line + statement.line - 1, column: statement.column };
    const refusal = refusalOf(statement.text);
    // Folders that have long been deployed hold such downs; only a rollback would ever run into them.
    const isLater = refusal?.code === 'foreign-syntax' && direction === 'down';
    if (refusal !== undefined && !(refusal.isTemplate === true && hasTemplate)) {
      const { code, problem } = refusal;
      if (isLater) warnings.push({ ...at, code, problem: `${problem}. The rollback that runs it will fail there` });
      else problems.push({ ...at, code, problem });
      hasTemplate ||= refusal.isTemplate === true;
    }
    if (refusal !== undefined && !isLater) continue;
    const { kind, verb } = classify(statement.text);
    const touch = journal.look(statement.text);
    if (touch?.isExact === true) problems.push({ ...at, code: 'journal-touched', problem: describeTouch(touch) });
    if (touch?.isExact === false) {
      // Whether it is the journal is up to the server, which the function asks.
      const where = 'on a server that does not tell capitals in names of tables apart (lower_case_table_names)';
      warnings.push({ ...at, code: 'journal-touched', problem: `${where} ${describeTouch(touch)}` });
    }
    if (kind !== 'transaction') {
      found.push({ text: statement.text, line: at.line, column: at.column });
    } else if (verb === 'LOCK TABLES' || verb === 'UNLOCK TABLES') {
      // A dump is full of them. The lock under which migrations run makes them needless; run, they would keep the
      // journal from being written.
      warnings.push({
        ...at,
        code: 'table-lock-skipped',
        problem: `${verb} is skipped: migrations run one at a time anyway`,
      });
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
  return { found: problems.length === 0 ? found : undefined, problems, warnings };
}

/** What a migration runs that says in a comment that it does nothing: each has a step, for what is told of its steps. */
const NOTHING: Reading<readonly Statement[]> & { problems: MigrationProblem[]; found: readonly Statement[] } = {
  found: [{ text: 'DO 0', line: 1, column: 1 }],
  problems: [],
  warnings: [],
};

/**
 * True where an up holds comments only. Other tools run such files without a word; without any comment it looks like a
 * template that nobody has filled.
 */
function saysNothingToDo(up: string): boolean {
  const text = withoutMarkers(up);
  if (!/(?:--|#|\/\*)[^]*?[\p{L}\d]/u.test(text)) return false;
  const split = splitStatements(text);
  return split.kind === 'statements' && split.statements.length === 0;
}

function unreadable(file: string, { line, column, problem, backslash }: Unreadable): MigrationProblem {
  return backslash === undefined
    ? { code: 'unreadable-sql', file, line, column, problem }
    : { code: 'client-command', file, line, column, problem: backslashProblem(backslash) };
}

/** So that the stored script, and with it the digest, is the same whether git has checked out LF or CRLF. */
function withUnixLineEnds(source: string): string {
  return source.replace(/\r\n/g, '\n');
}
