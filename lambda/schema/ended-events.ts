/**
 * Whether all that differs between two looks at an event is that it has come to its end: the server then drops it by itself, or
 * disables it where that was asked for.
 *
 * @param latest what any clock shows at most: the time zone of an event's times is not printed with them
 */
export function hasEnded(before: string | null, now: string | null, latest: string): boolean {
  const [, end = '', not] = SCHEDULE.exec(before ?? '') ?? [];
  if (end === '' || end > latest) return false;
  return now === (not === undefined ? before?.replace(' PRESERVE ENABLE', ' PRESERVE DISABLE') : null);
}

const SCHEDULE = /^CREATE .*? ON SCHEDULE (?:AT|EVERY .* ENDS) '([^']+)' ON COMPLETION (NOT )?PRESERVE ENABLE\b/;
