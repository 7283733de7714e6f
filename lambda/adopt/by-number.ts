import { compareNames } from '../manifest/name';
import { unfit, type ToolReader, type ToolReading, type ToolRecord } from './tool-history';

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
    return unfit(`${table} does not hold one version, as golang-migrate keeps it: see who else writes to it`);
  }
  const newest = BigInt(said);
  if (Number(row['dirty']) !== 0) {
    return unfit(
      `${table} says that version ${said} is dirty: golang-migrate stopped half-way in it, and nothing says where. ` +
        `Finish it by hand and say so with "migrate force ${said}", or revert it and say the version before`,
    );
  }
  const upTo = names.filter((name) => numberOf(name) <= newest);
  const found = numbered(upTo);
  if ('kind' in found) return found;
  const records: ToolRecord[] = upTo.map((name) => ({ theirs: String(numberOf(name)), name }));
  if (!found.has(newest)) records.push({ theirs: said, name: null });
  return { kind: 'read', records, notes: [] };
};

/** goose keeps a row for each version, and in older releases one for each time that it was reverted: the newest counts. */
export const readGoose: ToolReader = ({ rows }, names) => {
  const found = numbered(names);
  if ('kind' in found) return found;
  const applied = new Map<bigint, boolean>();
  for (const row of rows.toSorted((a, b) => Number(a['id']) - Number(b['id']))) {
    applied.set(BigInt(row['version_id'] ?? 0), Number(row['is_applied']) !== 0);
  }
  // That goose made its table.
  applied.delete(0n);
  const versions = [...applied].flatMap(([version, isApplied]) => (isApplied ? [version] : []));
  const records = versions
    .sort((a, b) => (a < b ? -1 : 1))
    .map((version) => ({ theirs: String(version), name: found.get(version) ?? null }));
  return { kind: 'read', records, notes: [] };
};

/** The names by the numbers that they begin with, where each has one of its own. */
export function numbered(names: readonly string[]): ReadonlyMap<bigint, string> | ToolReading {
  const found = new Map<bigint, string>();
  for (const name of names) {
    const number = numberOf(name);
    const other = found.get(number);
    if (other !== undefined) return twice(String(number), other, name);
    found.set(number, name);
  }
  return found;
}

/** The number that a name begins with. */
export function numberOf(name: string): bigint {
  return BigInt(digitsOf(name) || 0);
}

function digitsOf(name: string): string {
  return /^\d+/.exec(name)?.[0] ?? '';
}

/** Two migrations of one number: which of them was applied is not known. */
function twice(version: string, name: string, other: string): ToolReading {
  return unfit(`version ${version} of its history may be ${name} or ${other}: give each migration a number of its own`);
}
