import { wordsOf } from '../../lambda/adopt/flyway-version';
import type { MigrationProblem } from '../../lib/review/migration-problem';
import { compareVersions, readFlywayName, renamed, type FlywayFile } from './flyway-name';

/**
 * That Flyway's names are not read, and what the files are to be called.
 *
 * @param ups all of a folder, in Flyway's order
 * @param more what else is to be said of them
 */
export function flywayNames(ups: readonly [FlywayFile, ...FlywayFile[]], more: string): MigrationProblem {
  const [first] = ups;
  const others = ups.length === 1 ? '' : ` and ${ups.length - 1} more`;
  const names = renamed(ups);
  const to = names.get(first) ?? '';
  const versioned = ups.find((up) => names.get(up)?.endsWith(`_${up.version.join('.')}_${wordsOf(up.words)}`));
  const kept =
    versioned === undefined || versioned === first
      ? ''
      : ` (${versioned.file}, whose words another one has too, to ${names.get(versioned)}.up.sql)`;
  return {
    code: 'flyway-names',
    file: first.file,
    problem: `Flyway's names are not read by AuroraMigrations (this one${others}): a name is digits, an underscore and words, with the same number of digits in all. Rename ${first.file} to ${to}.up.sql, its undo to ${to}.down.sql, and the others so${kept}. ${more}`,
  };
}

/** Problems of a folder, with Flyway's names as one: what is wrong with each of them does not say what to do. */
export function withFlywayOnce(problems: readonly MigrationProblem[]): readonly MigrationProblem[] {
  const named = problems.filter(({ code, file }) => code === 'bad-name' && readFlywayName(file) !== undefined);
  const [first, ...more] = named
    .flatMap(({ file }) => readFlywayName(file) ?? [])
    .filter(({ part }) => part === 'up')
    .sort(compareVersions);
  if (first === undefined) return problems;
  const once = flywayNames([first, ...more], 'docs/from-other-tools.md has a script for it');
  return [once, ...problems.filter((problem) => !named.includes(problem))];
}
