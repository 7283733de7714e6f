import type { MigrationProblem } from '../../lib/review/migration-problem';

/** From so many on it is what a folder is like, as one that was taken over, and hides what else is said of it. */
const MANY = 6;

/** Warnings of a folder, with that of its irreversible migrations as one where there are many, at the first of them. */
export function withIrreversibleOnce(warnings: readonly MigrationProblem[]): readonly MigrationProblem[] {
  const alike = warnings.filter(({ code }) => code === 'irreversible-migration');
  const [first] = alike;
  if (first === undefined || alike.length < MANY) return warnings;
  const problem = `${alike.length} migrations, of which this is the first, are declared irreversible: a rollback keeps each of them and every migration below it. For what was released before, --review-after NAME (reviewAfter in the app) leaves all up to that name out`;
  return warnings.flatMap((each) => (each === first ? [{ ...each, problem }] : alike.includes(each) ? [] : [each]));
}
