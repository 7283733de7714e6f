import { compareNames } from '../manifest/name';
import type { ToolReader, ToolReading, ToolRecord } from './tool-history';

/** dbmate keeps the digits at the beginning of each file's name, as they are written. */
export const readDbmate: ToolReader = ({ rows }, names) => {
  const versions = rows.flatMap(({ version }) => (version === null || version === undefined ? [] : [version]));
  const byDigits = new Map<string, readonly string[]>();
  for (const name of names) byDigits.set(digitsOf(name), [...(byDigits.get(digitsOf(name)) ?? []), name]);
  const records: ToolRecord[] = [];
  for (const theirs of versions.toSorted(compareNames)) {
    const [name, other] = byDigits.get(theirs) ?? [];
    if (name !== undefined && other !== undefined) return twice(theirs, name, other);
    records.push({ theirs, name: name ?? null });
  }
  return { kind: 'read', records, notes: [] };
};

/** golang-migrate keeps one number, the newest: all up to it is applied. */
export const readGolangMigrate: ToolReader = ({ table, rows }, names) => {
  const [row] = rows;
  if (row === undefined) return { kind: 'read', records: [], notes: [] };
  const said = row['version'] ?? '';
  if (rows.length > 1 || !/^\d+$/.test(said)) {
    return {
      kind: 'unfit',
      problem: `${table} does not hold one version, as golang-migrate keeps it: see who else writes to it`,
    };
  }
  const newest = BigInt(said);
  if (Number(row['dirty']) !== 0) {
    return {
      kind: 'unfit',
      problem:
        `${table} says that version ${said} is dirty: golang-migrate stopped half-way in it, and nothing says where. ` +
        `Finish it by hand and say so with "migrate force ${said}", or undo it and say the version before`,
    };
  }
  const upTo = names.filter((name) => numberOf(name) <= newest);
  const byNumber = new Map<bigint, string>();
  for (const name of upTo) {
    const other = byNumber.get(numberOf(name));
    if (other !== undefined) return twice(String(numberOf(name)), other, name);
    byNumber.set(numberOf(name), name);
  }
  const records: ToolRecord[] = upTo.map((name) => ({ theirs: String(numberOf(name)), name }));
  const hasNewest = byNumber.has(newest);
  return { kind: 'read', records: hasNewest ? records : [...records, { theirs: said, name: null }], notes: [] };
};

/** The digits that a name begins with. */
export function digitsOf(name: string): string {
  return /^\d+/.exec(name)?.[0] ?? '';
}

/** The number that a name begins with. */
export function numberOf(name: string): bigint {
  return BigInt(digitsOf(name) || 0);
}

/** Two migrations of one number: which of them was applied is not known. */
export function twice(version: string, name: string, other: string): ToolReading {
  return {
    kind: 'unfit',
    problem: `version ${version} of its history may be ${name} or ${other}: give each migration a number of its own`,
  };
}
