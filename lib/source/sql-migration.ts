import { misspeltMarker, parseSections, saysIrreversible, withoutMarkers } from '../script/sections';
import { splitStatements, type Statement } from '../script/statements';
import { stepLinesOf } from '../../lambda/manifest/step-lines';
import type { Script, SqlScript } from '../../lambda/manifest/types';
import { failed, type MigrationProblem, type Reading } from '../review/migration-problem';
import { nearMarker } from './near-markers';
import { liquibaseProblem } from './other-tools/liquibase';
import { statementsIn, unreadable, type SqlPart } from './sql-part';
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

/** Reads a migration of one file with sections, dbmate's format. `database`: name of the migrated one, where it is known. */
export function readSectionedSql({ file, source }: SourceText, database?: string): Reading<FoundScript> {
  const near = nearMarker(source);
  if (near) return failed({ code: 'unreadable-sql', file, ...near });
  const sections = parseSections(withUnixLineEnds(source));
  const isWhole = sections.kind === 'sections' && (sections.down !== undefined || sections.irreversible);
  const liquibase = isWhole ? undefined : liquibaseProblem(file, source);
  if (liquibase !== undefined) return failed(liquibase);
  if (sections.kind === 'unmarked') {
    const name = file.replace(/\.sql$/, '');
    return withProblem({ file, text: withUnixLineEnds(source), line: 1 }, 'up', database, {
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
    return withProblem({ file, text: sections.up, line: sections.upLine }, 'up', database, {
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
    const part = { file: `${name}.down.sql`, text: withUnixLineEnds(down?.source ?? ''), line: 1 };
    return withProblem(part, 'down', database, {
      code: 'up-missing',
      file: `${name}.down.sql`,
      problem: `it has no ${name}.up.sql beside it: add that file or remove this one`,
    });
  }
  const irreversible = saysIrreversible(up.source) || (down !== undefined && saysIrreversible(down.source));
  const misplaced = [up, ...(down === undefined ? [] : [down])].flatMap(
    (each) => markerProblem(name, each, each === up ? 'up' : 'down') ?? [],
  );
  if (misplaced.length > 0) {
    const others = [up, ...(down === undefined ? [] : [down])].filter(({ file }) =>
      misplaced.every((each) => each.file !== file),
    );
    const own = others.flatMap((each) => statementsIn(wholeFile(each), each === up ? 'up' : 'down', database).problems);
    return failed(...misplaced, ...own);
  }
  if (down === undefined && !irreversible && !saysNothingToDo(up.source)) {
    const liquibase = liquibaseProblem(up.file, up.source);
    if (liquibase !== undefined) return failed(liquibase);
    return withProblem(wholeFile(up), 'up', database, {
      code: 'down-missing',
      file: up.file,
      problem: `it has no ${name}.down.sql beside it: add that file with the statements that revert these, or the line "-- migrate:irreversible" here`,
    });
  }
  return scriptOf(
    wholeFile(up),
    down === undefined ? { file: up.file, text: '', line: 1 } : wholeFile(down),
    irreversible,
    database,
  );
}

/** A line that reads like a marker, or is one that does not belong into a file of a pair. */
function markerProblem(
  name: string,
  { file, source }: SourceText,
  direction: 'up' | 'down',
): MigrationProblem | undefined {
  const misspelt = misspeltMarker(source) ?? nearMarker(source, direction);
  if (misspelt) return { code: 'unreadable-sql', file, line: misspelt.line, problem: misspelt.problem };
  if (parseSections(source).kind === 'unmarked') return undefined;
  return {
    code: 'section-misplaced',
    file,
    problem: `it has "-- migrate:" sections, which count in a file named ${name}.sql only: rename it, or take them out`,
  };
}

/** What a migration lacks, with what is wrong in the half that is there: who mends the one is to know of the other. */
function withProblem(
  part: SqlPart,
  direction: 'up' | 'down',
  database: string | undefined,
  problem: MigrationProblem,
): Reading<FoundScript> {
  return failed(problem, ...statementsIn(part, direction, database).problems);
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
  const revertsNothing = ups === 0 && !irreversible && downs !== undefined && downs > 0;
  if (ups === 0 && !isNothing && !revertsNothing) {
    const problem =
      'its up has no statement: add one, or a comment that says why it does nothing, or remove the migration';
    problems.push(found(up, 'up-empty', problem));
  }
  if (revertsNothing) {
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

/** So that the stored script, and with it the digest, is the same whether git has checked out LF or CRLF. */
function withUnixLineEnds(source: string): string {
  return source.replace(/\r\n/g, '\n');
}
