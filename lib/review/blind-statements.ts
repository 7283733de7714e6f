import type { Step } from '../../lambda/sql/step';
import type { Finding, StatementUnderReview } from './statement-under-review';
import { toldTogether } from './told-together';

const PROBLEM =
  'nothing in the schema shows whether it ran: if the function dies just then, the deployment ends as FAILED and a person has to say. Put it into a migration of its own, and make it one that may run twice';

/** Finds the statements after which nothing shows whether they ran: one warning for all of a kind. */
export function blindStatements(up: readonly StatementUnderReview[]): readonly Finding[] {
  const byKind = new Map<string, StatementUnderReview[]>();
  for (const statement of up) {
    if (!isBlind(statement)) continue;
    const kind = kindOf(statement.step);
    byKind.set(kind, [...(byKind.get(kind) ?? []), statement]);
  }
  return [...byKind.values()].map((statements) => toldTogether('blind-statement', PROBLEM, statements));
}

/** Whether nobody can tell what it does, and nothing shows that it did. */
export function isBlind({ effects, step }: StatementUnderReview): boolean {
  return effects === undefined && step.nature === 'blind';
}

/** Its first words: `CALL`, whatever it calls, `CREATE USER`. */
function kindOf({ words, isProcedure }: Step): string {
  return words.slice(0, isProcedure ? 1 : 2).join(' ');
}
