/** The number of a new migration, or why there is none. */
export type NewNumber =
  { readonly kind: 'number'; readonly number: string } | { readonly kind: 'none'; readonly problem: string };

/** Digits of a time in UTC: 20260131120000, or without the seconds. */
const TIME_DIGITS: ReadonlySet<number> = new Set([14, 12]);

/** Digits of the seconds since 1970. */
const UNIX_DIGITS = 10;

/**
 * Continues the numbering of a folder, whose names come in their order: times where its newest migration has a time for its
 * number, else one more with as many digits. Names are sorted by their characters, so that a number with one digit more
 * would come before the others; that is refused.
 */
export function newNumber(names: readonly string[], now: Date): NewNumber {
  const date = dateOf(names.at(-1) ?? '');
  if (date !== undefined) return newDate(date, now);
  const last = /^\d+/.exec(names.at(-1) ?? '')?.[0];
  if (last === undefined) return { kind: 'number', number: timeOf(now).slice(0, 14) };
  const next = String(BigInt(last) + 1n).padStart(last.length, '0');
  if (next.length > last.length) {
    return {
      kind: 'none',
      problem: `the numbers of ${last.length === 1 ? 'one digit' : `${last.length} digits`} are used up: names are sorted by their characters, and ${next} would run before ${last}. Take a new folder, or number with the time from the start`,
    };
  }
  const current = currentNumber(last.length, now);
  return { kind: 'number', number: current !== undefined && current > last ? current : next };
}

/** The date that a name begins with, which is its number then: 2026-01-31. */
export function dateOf(name: string): string | undefined {
  return /^\d{4}-[01]\d-[0-3]\d(?!\d)/.exec(name)?.[0];
}

function newDate(last: string, now: Date): NewNumber {
  const today = now.toISOString().slice(0, 10);
  return today > last
    ? { kind: 'number', number: today }
    : {
        kind: 'none',
        problem: `the newest migration is of ${last}, and a name that begins with ${today} need not sort behind it: write the file yourself`,
      };
}

function currentNumber(digits: number, now: Date): string | undefined {
  if (TIME_DIGITS.has(digits)) return timeOf(now).slice(0, digits);
  return digits === UNIX_DIGITS ? String(Math.floor(now.getTime() / 1000)) : undefined;
}

function timeOf(now: Date): string {
  return now.toISOString().replace(/\D/g, '');
}
