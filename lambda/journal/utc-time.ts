import { fragment, type Fragment } from '../sql-text';

// The journal's times are DATETIMEs in UTC, whatever the session's time zone.

export const NOW: Fragment = fragment('UTC_TIMESTAMP(3)');

/** A time as the journal keeps it. */
export function at(epochMilliseconds: number): Fragment {
  return fragment(`('1970-01-01' + INTERVAL ${Math.round(epochMilliseconds)}000 MICROSECOND)`);
}

/** Milliseconds until a time, of the epoch where nothing else is said. */
export function milliseconds(until: string, since = "'1970-01-01'"): string {
  return `TIMESTAMPDIFF(MICROSECOND, ${since}, ${until}) DIV 1000`;
}
