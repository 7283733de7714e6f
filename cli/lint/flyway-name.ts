import {
  compareVersions as compareNumbers,
  readVersion,
  wordsOf,
  type FlywayVersion,
} from '../../lambda/adopt/flyway-version';
import { compareNames } from '../../lambda/manifest/name';

/** A versioned migration in a file of Flyway, or the script that undoes one. */
export interface FlywayFile {
  readonly file: string;
  readonly part: 'up' | 'down';
  /** The numbers of its version: 1, 2 of V1.2__name.sql. */
  readonly version: FlywayVersion;
  readonly words: string;
}

const VERSIONED = /^([VU])(\d+(?:[._]\d+)*)__(.+)\.sql$/;

/** True for the file of a versioned migration, as Flyway names them: V1__create_user.sql. */
export function isFlywayName(file: string): boolean {
  return VERSIONED.test(file);
}

/** Reads the name of a versioned migration; undefined for all other files. */
export function readFlywayName(file: string): FlywayFile | undefined {
  const [, letter, version = '', words = ''] = VERSIONED.exec(file) ?? [];
  if (letter === undefined) return undefined;
  return { file, part: letter === 'V' ? 'up' : 'down', version: readVersion(version) ?? [], words };
}

/** Orders by version, number by number, as Flyway runs them. */
export function compareVersions(a: FlywayFile, b: FlywayFile): number {
  return compareNumbers(a.version, b.version) || compareNames(a.words, b.words);
}

/**
 * Gives each version, in the order of Flyway, the name that it would have here: its own number where all versions are one
 * number, else its place in the order; with as many digits for all, since names are sorted by their characters. Where the
 * words do not tell one from another and the number is not the version, the version stays before them.
 */
export function renamed(ups: readonly FlywayFile[]): ReadonlyMap<FlywayFile, string> {
  const isNumbered = ups.every(isPlain);
  const numbers = ups.map(({ version }, index) => (isNumbered ? version[0] : BigInt(index + 1)) ?? 0n);
  const digits = Math.max(4, ...numbers.map((number) => String(number).length));
  const isTwice = ({ words }: FlywayFile): boolean =>
    ups.filter((other) => wordsOf(other.words) === wordsOf(words)).length > 1;
  return new Map(
    ups.map((up, index) => {
      const kept = !isNumbered && isTwice(up) ? `${up.version.join('.')}_` : '';
      return [up, `${String(numbers[index] ?? 0n).padStart(digits, '0')}_${kept}${wordsOf(up.words)}`];
    }),
  );
}

function isPlain({ version }: FlywayFile): boolean {
  return version.length === 1;
}
