import type { DbObject } from '../../../lambda/sql/db-object';
import { TokenReader } from '../../../lambda/sql/token-reader';
import { tokensOf } from '../../../lambda/sql/tokens';
import { finding, type Finding, type StatementUnderReview } from '../statement-under-review';

/** Finds downs that bring an event back with another time than it had. */
export function eventTimes(down: readonly StatementUnderReview[]): readonly Finding[] {
  return down.flatMap(startsAnew);
}

function startsAnew(statement: StatementUnderReview): readonly Finding[] {
  const event = eventOf(statement);
  if (event === undefined || !repeatsFromNow(statement.text)) return [];
  return [
    finding(
      'down-incomplete',
      statement,
      `the down brings the event ${event.name} back without STARTS: it then begins when the rollback is, and not when it did, which counts as a difference. Write its STARTS into the down, and into the up that makes the event`,
    ),
  ];
}

function eventOf({ effects = [] }: StatementUnderReview): DbObject | undefined {
  const brings = ['create', 'alter'];
  return effects.find(({ action, object }) => object.kind === 'event' && brings.includes(action))?.object;
}

/** Whether the text says that an event repeats, and not when it begins: it then begins when it is made, to the second. */
function repeatsFromNow(text: string): boolean {
  const reader = new TokenReader(tokensOf(text));
  while (reader.peek() && !reader.accept('ON SCHEDULE')) reader.next();
  if (!reader.accept('EVERY')) return false;
  for (; reader.peek() && reader.keyword() !== 'DO'; reader.next()) if (reader.keyword() === 'STARTS') return false;
  return true;
}
