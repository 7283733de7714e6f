import type { MigrationProblem } from '../../review/migration-problem';

/** Files of a folder that has its migrations for several kinds of database. */
export interface DialectNames {
  /** Those of other databases, those of MySQL, and what these replace. */
  readonly files: ReadonlySet<string>;
  /** One for all of them. */
  readonly problems: readonly MigrationProblem[];
}

/** `0001_a.postgres.up.sql`, as pop and ory name them, or `0001_a.sqlite.sql`. */
const NAMED =
  /^(.+?)\.(mysql|mariadb|postgres(?:ql)?|pg|cockroach(?:db)?|sqlite3?|mssql|sqlserver|oracle|h2|hsqldb)\.(?:[\w-]+\.)*sql$/;
const PLAIN = /^(.+?)\.(?:(?:up|down)\.)?sql$/;
const OURS: ReadonlySet<string> = new Set(['mysql', 'mariadb']);

/**
 * Finds the files that are for one kind of database, where one migration is there for several. Read one by one, each would be
 * a migration of its own. A name alone is no sign: in `0007_from.postgres.sql` it may be what the migration is about.
 */
export function dialectNames(files: readonly string[]): DialectNames {
  const named = files.map((file) => {
    const [, base, dialect] = NAMED.exec(file) ?? [];
    return { file, base: base ?? PLAIN.exec(file)?.[1] ?? file, dialect };
  });
  const dialectsOf = new Map<string, Set<string | undefined>>();
  for (const { base, dialect } of named) dialectsOf.set(base, (dialectsOf.get(base) ?? new Set()).add(dialect));
  const foreign = named.filter(({ dialect }) => dialect !== undefined && !OURS.has(dialect));
  const [first] = foreign;
  if (first === undefined || !foreign.some(({ base }) => (dialectsOf.get(base)?.size ?? 0) > 1)) {
    return { files: new Set(), problems: [] };
  }
  const own = named.filter(({ dialect }) => dialect !== undefined && OURS.has(dialect));
  const replaced = new Set(own.map(({ base }) => base));
  const removed = [...new Set(foreign.map(({ dialect }) => `*.${dialect}.*sql`))].join(' ');
  const renamed = [...new Set(own.map(({ dialect }) => dialect))].map(
    (dialect) => `; for f in *.${dialect}.*sql; do mv "$f" "\${f%%.${dialect}.*}.\${f##*.${dialect}.}"; done`,
  );
  const ours =
    own.length === 0
      ? ''
      : `, and give MySQL's the name without ".${own[0]?.dialect}", in place of the file that has it`;
  const problem = `it is for another database, by its name${foreign.length === 1 ? '' : ` (this file and ${foreign.length - 1} more)`}, and would be a migration of its own: take these out${ours}: \`rm ${removed}${renamed.join('')}\``;
  return {
    files: new Set([...foreign, ...named.filter(({ base }) => replaced.has(base))].map(({ file }) => file)),
    problems: [{ code: 'bad-name', file: first.file, problem }],
  };
}
