/** The schedule of an event, as both servers print it: its times stand in quotes. */
const SCHEDULE = / ON SCHEDULE (?:AT '[^']*'|EVERY (?:[^']|'[^']*')*?) ON COMPLETION /;
const EVENT = /^CREATE (?:DEFINER=\S+ )?EVENT /;

/**
 * True where two definitions of an event differ in its times alone: one whose text has none begins when it is made, to the
 * second, and so differs wherever it is made.
 */
export function differInTimesOnly(before: string | null, now: string | null): boolean {
  if (before === null || now === null || !EVENT.test(before)) return false;
  return before !== now && withoutTimes(before) === withoutTimes(now);
}

function withoutTimes(definition: string): string {
  return definition.replace(SCHEDULE, (schedule) => schedule.replace(/'\d{4}-[^']*'/g, "''"));
}

/**
 * A definition without the time at which its event begins, where that is one at which this program runs: no file says it.
 * What an interval is made of stands in quotes too (EVERY '1:30' HOUR_MINUTE).
 */
export function withoutTimeOfProof(definition: string, now = Date.now(), uptime = process.uptime()): string {
  if (!EVENT.test(definition)) return definition;
  return definition.replace(
    / STARTS '(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)'(?=(?: ENDS '[^']*')? ON COMPLETION )/,
    (clause, time: string) => {
      // In the server's time zone, which is ours or UTC.
      const isNow = [Date.parse(time.replace(' ', 'T')), Date.parse(`${time.replace(' ', 'T')}Z`)].some(
        (at) => at >= now - uptime * 1000 - 2000 && at <= now + 2000,
      );
      return isNow ? '' : clause;
    },
  );
}
