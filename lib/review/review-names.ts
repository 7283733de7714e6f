import type { ManifestEntry } from '../../lambda/manifest/types';
import type { Finding } from './statement-under-review';

/** Looks at the names of all migrations, in their order. */
export function reviewNames(migrations: readonly Pick<ManifestEntry, 'name' | 'file'>[]): readonly Finding[] {
  return migrations.flatMap(({ name, file }, index): readonly Finding[] => {
    const before = migrations[index - 1];
    if (before === undefined || numberOf(name) > numberOf(before.name)) return [];
    return numberOf(name) === numberOf(before.name)
      ? [{ code: 'number-twice', file, problem: sameNumber(before.name) }]
      : [{ code: 'name-order', file, problem: smallerNumber(before.name) }];
  });
}

function sameNumber(before: string): string {
  return `it has the number of ${before}, after which it runs because of the letters that follow: if it is not released yet, give it the next number`;
}

function smallerNumber(before: string): string {
  return `it runs after ${before}, whose number is larger: names are sorted by their characters, not by their numbers. If it is not released yet, write its number with as many digits as the others have`;
}

/** A date, perhaps with a time behind it, is one number, and that of a day is its first moment's. */
function numberOf(name: string): bigint {
  const [date] = DATE.exec(name) ?? [];
  if (date !== undefined) return BigInt(date.replace(/\D/g, '').padEnd(14, '0'));
  return BigInt(/^\d+/.exec(name)?.[0] ?? 0);
}

/** Such as `2026-01-31`, `2026_01_31_120000` (Laravel's) and `20260131-120000`. */
const DATE =
  /^(?:19|20)\d\d([-_]?)(?:0\d|1[0-2])\1(?:[0-2]\d|3[01])(?:[T_.-]?[0-2]\d[_.-]?[0-5]\d(?:[_.-]?[0-5]\d)?(?!\d))?(?!\d)/;
