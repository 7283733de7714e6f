import type { MigrationProblem } from '../../review/migration-problem';

/** What begins a file of Liquibase's formatted SQL, and each migration in it. */
const FORMATTED = /^[ \t\ufeff]*--[ \t]*(?:liquibase[ \t]+formatted[ \t]+sql\b|changeset[ \t]+[^\s:]+:\S)/im;

/**
 * Says of a file that lacks a section that it is Liquibase's formatted SQL: its lines mean nothing here, and those of the
 * rollback would be lost as comments. Undefined for all other files.
 */
export function liquibaseProblem(file: string, source: string): MigrationProblem | undefined {
  const found = FORMATTED.exec(source);
  if (found === null) return undefined;
  const line = source.slice(0, found.index).split('\n').length;
  return { code: 'unreadable-sql', file, line, problem: `it has lines of Liquibase, ${WHAT_TO_DO}` };
}

/** Behind "lines of Liquibase", of one file as of many. */
export const WHAT_TO_DO =
  'which are no markers here (--changeset, --rollback): make a migration of each changeset, with what its rollback says behind "-- migrate:down". docs/from-other-tools.md has the command';
