import { keyOf, type DbObject } from '../../../lambda/sql/db-object';
import { TokenReader } from '../../../lambda/sql/token-reader';
import { tokensOf } from '../../../lambda/sql/tokens';
import { finding, type Finding, type StatementUnderReview } from '../statement-under-review';

/** When an event that a statement makes or changes runs. */
interface Schedule {
  readonly kind: 'once' | 'again';
  /** The text says when it begins; else it begins when it is made, to the second. */
  readonly saysStart: boolean;
  /** It stays when its time is over. */
  readonly isPreserved: boolean;
}

/**
 * Finds downs that bring an event back with another time than it had, and those that drop one that the server has dropped by
 * itself.
 */
export function eventTimes(
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
): readonly Finding[] {
  return [...down.flatMap(startsAnew), ...up.flatMap((statement) => droppedByItself(statement, down))];
}

function startsAnew(statement: StatementUnderReview): readonly Finding[] {
  const event = eventOf(statement, ['create', 'alter']);
  const schedule = event === undefined ? undefined : scheduleIn(statement.text);
  if (event === undefined || schedule?.kind !== 'again' || schedule.saysStart) return [];
  return [
    finding(
      'down-incomplete',
      statement,
      `the down brings the event ${event.name} back without STARTS: it then begins when the rollback is, and not when it did, which counts as a difference. Write its STARTS into the down, and into the up that makes the event`,
    ),
  ];
}

function droppedByItself(statement: StatementUnderReview, down: readonly StatementUnderReview[]): readonly Finding[] {
  const event = eventOf(statement, ['create']);
  const schedule = event === undefined ? undefined : scheduleIn(statement.text);
  if (event === undefined || schedule?.kind !== 'once' || schedule.isPreserved) return [];
  const isSure = down.some(({ effects = [] }) =>
    effects.some((each) => each.action === 'drop' && each.ifExists !== true && keyOf(each.object) === keyOf(event)),
  );
  if (!isSure) return [];
  return [
    finding(
      'down-incomplete',
      statement,
      `the server drops the event ${event.name} when its time is over, and the down's DROP EVENT then fails. Write DROP EVENT IF EXISTS, or make it with ON COMPLETION PRESERVE`,
    ),
  ];
}

function eventOf({ effects = [] }: StatementUnderReview, actions: readonly string[]): DbObject | undefined {
  return effects.find(({ action, object }) => object.kind === 'event' && actions.includes(action))?.object;
}

function scheduleIn(text: string): Schedule | undefined {
  const reader = new TokenReader(tokensOf(text));
  while (reader.peek() && !reader.accept('ON SCHEDULE')) reader.next();
  const kind = reader.accept('AT') ? 'once' : reader.accept('EVERY') ? 'again' : undefined;
  if (kind === undefined) return undefined;
  let saysStart = false;
  for (; reader.peek() && reader.keyword() !== 'DO'; reader.next()) {
    saysStart ||= reader.keyword() === 'STARTS';
    if (reader.accept('ON COMPLETION')) return { kind, saysStart, isPreserved: reader.keyword() === 'PRESERVE' };
  }
  return { kind, saysStart, isPreserved: false };
}
