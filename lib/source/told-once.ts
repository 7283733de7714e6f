import type { MigrationProblem } from '../review/migration-problem';
import { WHAT_TO_DO } from './other-tools/liquibase';

/** What of so many migrations is told once is what a whole folder is like, as one of another tool, and not a slip. */
const MANY = 6;

/** Something that many migrations may lack alike. `problem` begins with a verb. */
interface Lack {
  readonly code: string;
  /** Of these, those whose problem reads so. */
  readonly reads?: RegExp;
  /** Told so even of one migration: what its file is like says more than one line of it. */
  readonly isTold?: true;
  readonly file: RegExp;
  /** What has it; absent: migrations. */
  readonly of?: 'files' | 'migrations';
  /** What it is and what to do, behind how many it is. */
  readonly problem: string;
}

const OF_RELEASED = 'For what is released, the line "-- migrate:irreversible" is enough, and a rollback leaves it:';
const ADDED = String.raw`printf '\n-- migrate:irreversible\n' >>`;

/** A line for grep. */
const NO_STATEMENT = '^[[:space:]]*(--.*)?$';

const MARK = String.raw`s/^--\s*\+\w+\s+`;

const LACKS: readonly Lack[] = [
  {
    code: 'unreadable-sql',
    reads: /^"--[ \t]*\+(?:goose|migrate)\b[^"]*" is not a marker/,
    isTold: true,
    file: /\.sql$/,
    problem: `have the markers of goose or sql-migrate, which are comments here: expected are "-- migrate:up" and "-- migrate:down", each on a line of its own. This writes them: \`perl -pi -e '${MARK}Up\\b.*/-- migrate:up/i; ${MARK}Down\\b.*/-- migrate:down/i; ${MARK}StatementBegin.*\\n//i; ${MARK}StatementEnd.*/;/i' *.sql\``,
  },
  {
    code: 'unreadable-sql',
    reads: /^it has lines of Liquibase/,
    file: /\.sql$/,
    of: 'files',
    problem: `have lines of Liquibase, ${WHAT_TO_DO}`,
  },
  {
    code: 'foreign-module',
    reads: /^it is a class of/,
    file: /./,
    problem:
      'are classes of TypeORM or MikroORM, whose methods are not called here: docs/from-other-tools.md has a script that writes their SQL',
  },
  {
    code: 'down-missing',
    file: /\.up\.sql$/,
    problem: `have no .down.sql beside the .up.sql: add it to each that is not released yet. ${OF_RELEASED} \`for f in *.up.sql; do [ -e "\${f%.up.sql}.down.sql" ] || grep -q '^-- migrate:irr' "$f" || ${ADDED} "$f"; done\``,
  },
  {
    code: 'down-missing',
    file: /(?<!\.up)\.sql$/,
    problem: `have no "-- migrate:down": add it to each that is not released yet. ${OF_RELEASED} \`for f in $(grep -l '^-- migrate:up' *.sql); do grep -q '^-- migrate:[di]' "$f" || ${ADDED} "$f"; done\``,
  },
  {
    code: 'down-empty',
    file: /\.down\.sql$/,
    problem: `have a down without a statement: add it to each that is not released yet. ${OF_RELEASED} \`for f in $(grep -LvE '${NO_STATEMENT}' *.down.sql); do ${ADDED} "$f"; done\``,
  },
  {
    code: 'up-empty',
    file: /\.up\.sql$/,
    problem: `have an up without a statement: add it. Where it is to do nothing, a comment says so, or DO 0; beside a down with statements: \`for f in $(grep -LvE '${NO_STATEMENT}' *.up.sql); do if grep -qsvE '${NO_STATEMENT}' "\${f%.up.sql}.down.sql"; then printf '\\nDO 0;\\n' >> "$f"; else grep -q '[^[:space:]]' "$f" || echo '-- nothing to do' >> "$f"; fi; done\``,
  },
  {
    code: 'foreign-syntax',
    reads: /is a template of another tool/,
    file: /./,
    of: 'files',
    problem:
      'have templates of another tool, such as {{.prefix}} or ${prefix}, which nothing replaces here, and which are syntax errors on MySQL and on MariaDB: write what they stand for, in all files',
  },
  {
    code: 'section-missing',
    file: /\.sql$/,
    problem: `have neither "-- migrate:up" nor a name that ends in .up.sql: give each that is not released yet an up and a down. What is released becomes an up without down, which a rollback leaves: \`for f in $(grep -L '^-- migrate:up' *.sql | grep -vE '[.](up|down)[.]sql$'); do mv "$f" "\${f%.sql}.up.sql"; ${ADDED} "\${f%.sql}.up.sql"; done\``,
  },
  {
    code: 'bad-name',
    reads: /is not a migration's name/,
    // Flyway's names have a telling of their own.
    file: /^(?![VU]\d[^]*__)/,
    of: 'files',
    problem:
      'have a name that is none of a migration: it is digits, an underscore and words, such as 0001_create_user or 20260131120000_create_user. Rename each so that they sort as they are to run',
  },
  {
    code: 'unknown-file',
    reads: /^it is no migration/,
    file: /./,
    of: 'files',
    problem:
      'have another ending than those of a migration (.sql, .js, .cjs, .ts): move them elsewhere, or into a subdirectory. What they have done, where they are migrations of a framework, does not go along: docs/from-other-tools.md says how to begin with the schema that is there',
  },
];

/** Problems of a folder, with those that many migrations share as one each, at the first of them. */
export function toldOnce(problems: readonly MigrationProblem[]): readonly MigrationProblem[] {
  return LACKS.reduce(withOnce, problems);
}

function withOnce(
  problems: readonly MigrationProblem[],
  { code, reads, isTold, file, of = 'migrations', problem }: Lack,
): readonly MigrationProblem[] {
  const shared = problems.filter(
    (each) => each.code === code && file.test(each.file) && reads?.test(each.problem) !== false,
  );
  const [first] = shared;
  if (first === undefined || (isTold !== true && shared.length < MANY)) return problems;
  const once =
    shared.length === 1
      ? { ...first, problem: problem.replace(/^have\b/, 'it has') }
      : { code, file: first.file, problem: `${shared.length} ${of}, of which this is the first, ${problem}` };
  return problems.flatMap((each) => (each === first ? [once] : shared.includes(each) ? [] : [each]));
}
