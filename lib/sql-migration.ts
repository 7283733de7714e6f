import { describeTouch } from '../lambda/plan/journal-touch';
import { JournalWatch } from '../lambda/plan/journal-watch';
import { misspeltMarker, parseSections, saysIrreversible } from '../lambda/plan/sections';
import { classify } from '../lambda/plan/statement-kind';
import { statementsWithLines, type Statement } from '../lambda/plan/statements';
import type { SqlScript } from '../lambda/plan/types';
import { failed, type MigrationProblem, type Reading } from './migration-problem';
import { reviewMigration } from './review/review-migration';
import { underReview } from './review/statement-under-review';
import type { SourceText } from './source-text';

/** SQL of one direction, and where it stands in its file. */
interface SqlPart {
  readonly file: string;
  readonly text: string;
  /** Line of the file on which the text starts, counted from 1. */
  readonly line: number;
}

/** Reads a migration of one file with sections, dbmate's format. `database`: name of the migrated one, where it is known. */
export function readSectionedSql({ file, source }: SourceText, database?: string): Reading<SqlScript> {
  const sections = parseSections(withUnixLineEnds(source));
  if (sections.kind === 'unmarked') {
    const name = file.replace(/\.sql$/, '');
    return failed({
      code: 'section-missing',
      file,
      line: sections.line,
      problem: `${sections.problem}: put it before the statements and "-- migrate:down" before those that undo them, or name the files ${name}.up.sql and ${name}.down.sql`,
    });
  }
  if (sections.kind === 'unreadable') {
    return failed({ code: 'unreadable-sql', file, line: sections.line, problem: sections.problem });
  }
  const { irreversible } = sections;
  if (sections.down === undefined && !irreversible) {
    return failed({
      code: 'down-missing',
      file,
      problem:
        'it has no "-- migrate:down": add it with the statements that undo the others, or the line "-- migrate:irreversible"',
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
): Reading<SqlScript> {
  if (up === undefined) {
    return failed({
      code: 'up-missing',
      file: `${name}.down.sql`,
      problem: `it has no ${name}.up.sql beside it: add that file or remove this one`,
    });
  }
  const irreversible = saysIrreversible(up.source);
  if (down === undefined && !irreversible) {
    return failed({
      code: 'down-missing',
      file: up.file,
      problem: `it has no ${name}.down.sql beside it: add that file with the statements that undo these, or the line "-- migrate:irreversible" here`,
    });
  }
  for (const { file, source } of down === undefined ? [up] : [up, down]) {
    const misspelt = misspeltMarker(source);
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

function scriptOf(up: SqlPart, down: SqlPart, irreversible: boolean, database: string | undefined): Reading<SqlScript> {
  const ups = statementsIn(up, database);
  const downs = statementsIn(down, database);
  const problems = [...ups.problems, ...downs.problems];
  const warnings = [...ups.warnings, ...downs.warnings];
  if (ups.found?.length === 0) {
    problems.push({
      code: 'up-empty',
      file: up.file,
      line: up.line,
      problem: 'its up has no statement: add one, or remove the migration',
    });
  }
  if (downs.found?.length === 0 && !irreversible) {
    problems.push({
      code: 'down-empty',
      file: down.file,
      line: down.line,
      problem: 'its down has no statement: add those that undo the up, or the line "-- migrate:irreversible"',
    });
  }
  if (irreversible && (downs.found?.length ?? 0) > 0) {
    problems.push({
      code: 'irreversible-with-down',
      file: down.file,
      line: down.line,
      problem: '"migrate:irreversible" contradicts the statements of its down: remove one of the two',
    });
  }
  if (ups.found === undefined || downs.found === undefined || problems.length > 0) {
    return { problems, warnings };
  }
  const found: SqlScript = {
    v: 1,
    up: ups.found.map(({ text }) => text),
    down: downs.found.map(({ text }) => text),
    ...(irreversible && { irreversible }),
  };
  const findings = reviewMigration({
    up: underReview(up.file, ups.found),
    down: underReview(down.file, downs.found),
    irreversible,
  });
  return { found, problems, warnings: [...warnings, ...findings] };
}

/**
 * Splits the statements and sorts out those that would take transactions and locks out of the function's hands, or touch
 * its journal.
 */
function statementsIn(
  { file, text, line }: SqlPart,
  database: string | undefined,
): Reading<readonly Statement[]> & { problems: MigrationProblem[] } {
  const split = statementsWithLines(text);
  if (split.kind === 'unreadable') {
    return {
      problems: [{ code: 'unreadable-sql', file, line: line + split.line - 1, problem: split.problem }],
      warnings: [],
    };
  }
  const found: Statement[] = [];
  const problems: MigrationProblem[] = [];
  const warnings: MigrationProblem[] = [];
  const journal = new JournalWatch(database);
  for (const statement of split.statements) {
    const { kind, verb } = classify(statement.text);
    const at = { file, line: line + statement.line - 1 };
    const touch = journal.look(statement.text);
    if (touch?.isExact === true) problems.push({ ...at, code: 'journal-touched', problem: describeTouch(touch) });
    if (touch?.isExact === false) {
      // Whether it is the journal is up to the server, which the function asks.
      const where = 'on a server that does not tell capitals in names of tables apart (lower_case_table_names)';
      warnings.push({ ...at, code: 'journal-touched', problem: `${where} ${describeTouch(touch)}` });
    }
    if (kind !== 'transaction') {
      found.push({ text: statement.text, line: at.line });
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
  return { found, problems, warnings };
}

/** So that the stored script, and with it the digest, is the same whether git has checked out LF or CRLF. */
function withUnixLineEnds(source: string): string {
  return source.replace(/\r\n/g, '\n');
}
