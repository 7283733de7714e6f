import type { Step } from '../../lambda/sql/step';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';

/** Finds the statements after which nothing shows whether they ran: one warning for all of a kind. */
export function blindStatements(up: readonly StatementUnderReview[]): readonly Finding[] {
  const byKind = new Map<string, StatementUnderReview[]>();
  for (const statement of up) {
    if (!isBlind(statement)) continue;
    const kind = kindOf(statement.step);
    byKind.set(kind, [...(byKind.get(kind) ?? []), statement]);
  }
  return [...byKind.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [blind(first, others)]));
}

/** Whether nobody can tell what it does, and nothing shows that it did. */
export function isBlind({ effects, step }: StatementUnderReview): boolean {
  return effects === undefined && step.nature === 'blind';
}

/** Its first words: `CALL`, whatever it calls, `CREATE USER`. */
function kindOf({ words, isProcedure }: Step): string {
  return words.slice(0, isProcedure ? 1 : 2).join(' ');
}

function blind(first: StatementUnderReview, others: readonly StatementUnderReview[]): Finding {
  const same =
    others.length === 0
      ? ''
      : `. So it is with ${others.length} more of its kind (line ${listOf(others.map(({ line }) => line))})`;
  return finding(
    'blind-statement',
    first,
    `nothing in the schema shows whether it ran: if the function dies just then, the deployment ends as FAILED and a person has to say. Put it into a migration of its own, and make it one that may run twice${same}`,
  );
}

/** Lines that are told; more would hide the rest. */
const TOLD = 5;

function listOf(lines: readonly number[]): string {
  const told = [...new Set(lines)];
  return told.length > TOLD ? `${told.slice(0, TOLD).join(', ')}, …` : told.join(', ');
}
