/** A version as Flyway has it, such as 1.2 or 1_2: its numbers. */
export type FlywayVersion = readonly bigint[];

/** Reads a version; undefined for what is none. */
export function readVersion(text: string): FlywayVersion | undefined {
  return /^\d+(?:[._]\d+)*$/.test(text) ? text.split(/[._]/).map(BigInt) : undefined;
}

/** Orders versions number by number, as Flyway does: 1 and 1.0 are the same. */
export function compareVersions(a: FlywayVersion, b: FlywayVersion): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at] ?? 0n, b[at] ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** What stands behind the number in the name that a migration of Flyway has here. */
export function wordsOf(words: string): string {
  return words.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^[^A-Za-z0-9]+/, '') || 'migration';
}
