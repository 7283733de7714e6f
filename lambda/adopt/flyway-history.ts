import { numbered, numberOf } from './by-number';
import { compareVersions, readVersion, type FlywayVersion } from './flyway-version';
import { namesByWords, type Worded } from './flyway-words';
import { unfit, type ToolReader, type ToolReading, type ToolRecord, type ToolRow } from './tool-history';

/** What stands applied, by version. */
interface Applied extends Worded {
  readonly checksum: string | null;
}

/** Flyway's rows, with what later ones took back of earlier ones. */
interface Told {
  /** In the order of their versions. */
  readonly applied: readonly Applied[];
  readonly baseline: FlywayVersion | null;
  /** Scripts of repeatable migrations. */
  readonly repeatable: readonly string[];
}

/** Reads flyway_schema_history. */
export const readFlyway: ToolReader = ({ table, rows }, names): ToolReading => {
  const failed = rows.find((row) => Number(row['success']) === 0);
  if (failed !== undefined) {
    return unfit(
      `${table} says that ${failed['script'] ?? ''} failed: Flyway stopped in it, and nothing says where. Finish it or ` +
        `revert it by hand, and say "flyway repair", which takes the row away; one that was finished goes on as applied once it is run again`,
    );
  }
  const told = tell(rows);
  const isPlain = [...told.applied.map(({ version }) => version), told.baseline ?? [0n]].every(
    ({ length }) => length === 1,
  );
  const reading = isPlain ? byNumber(told, names) : byWords(told, names);
  if (reading.kind === 'unfit') return reading;
  const repeatable = told.repeatable.map(
    (script) =>
      `${script} is repeatable and does not go along: what it made stays, and each change of it goes into a migration from now on`,
  );
  return { ...reading, notes: [...reading.notes, ...repeatable] };
};

function tell(rows: readonly ToolRow[]): Told {
  const applied = new Map<string, Applied>();
  const repeatable = new Set<string>();
  let baseline: FlywayVersion | null = null;
  for (const row of rows.toSorted((a, b) => Number(a['installed_rank']) - Number(b['installed_rank']))) {
    const { version: text = null, script, checksum = null } = row;
    const type = (row['type'] ?? '').toUpperCase();
    const version = readVersion(text ?? '');
    // That Flyway made the schema; older ones gave that the version 0.
    if (type === 'SCHEMA') continue;
    if (version === undefined) {
      if (type === 'DELETE') repeatable.delete(script ?? '');
      else repeatable.add(script ?? '');
    } else if (type.endsWith('BASELINE')) {
      baseline = version;
    } else if (type === 'DELETE' || type.startsWith('UNDO')) {
      applied.delete(keyOf(version));
    } else {
      applied.set(keyOf(version), { version, script: script ?? '', checksum });
    }
  }
  const ordered = [...applied.values()].toSorted((a, b) => compareVersions(a.version, b.version));
  return { applied: ordered, baseline, repeatable: [...repeatable] };
}

/** Where each version is one number, so is that of each name. A baseline stands for all up to it. */
function byNumber({ applied, baseline }: Told, names: readonly string[]): ToolReading {
  const found = numbered(names);
  if ('kind' in found) return found;
  const [limit] = baseline ?? [];
  const below = limit === undefined ? [] : names.filter((name) => numberOf(name) <= limit);
  const records: ToolRecord[] = [
    ...below.map((name) => ({ theirs: `baseline ${limit}`, name })),
    ...applied.map((each) => recordOf(each, found.get(each.version[0] ?? 0n) ?? null)),
  ];
  const note = `baseline ${limit} stands for nothing in the release: a database that is made anew needs migrations for what was there before`;
  return { kind: 'read', records, notes: limit !== undefined && below.length === 0 ? [note] : [] };
}

function byWords({ applied, baseline }: Told, names: readonly string[]): ToolReading {
  const found = namesByWords(applied, names, baseline !== null);
  if ('kind' in found) return found;
  const records = applied.map((each, index) => recordOf(each, found[index] ?? null));
  const note = `baseline ${baseline?.join('.')} stands for what was there before, and the numbers of the release do not tell up to which migration: "baseline --to" says that`;
  return { kind: 'read', records, notes: baseline === null ? [] : [note] };
}

function recordOf({ script, checksum }: Applied, name: string | null): ToolRecord {
  return { theirs: script, name, ...(checksum !== null && { checksum }) };
}

/** 1 and 1.0 are the same version. */
function keyOf(version: FlywayVersion): string {
  return version.join('.').replace(/(?:\.0)+$/, '');
}
