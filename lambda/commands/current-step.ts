import type { Database } from '../ports';
import { isContract } from '../manifest/manifest';
import { NOWHERE, placeOf, type Direction, type InFile } from '../manifest/step-lines';
import type { ManifestEntry } from '../manifest/types';
import { openPlace, progressOf, type HistoryRow } from '../plan/history';
import { readScript } from '../sql/script';
import { ownStatements } from '../work/own-script';
import { journalsOf } from '../work/run';
import type { World } from '../world';

export interface CurrentStep {
  readonly migration: string;
  readonly direction: Direction;
  /** Counted from 1. */
  readonly step: number;
  readonly steps: number;
  /** The file in which it stands, and on which line it begins there; null where that is not known. */
  readonly file: string | null;
  readonly line: number | null;
  /**
   * The beginning of the statement that runs, as the server shows it: without values where it is of no step. Where it shows none, of
   * the step's; null where neither is known.
   */
  readonly sql: string | null;
  /** False where its row comes with its commit. */
  readonly isJournalled: boolean;
  /** Whether the server shows the statement of this very step. Absent in answers of older functions. */
  readonly isSeen?: boolean;
}

/** Characters of a statement. */
const MOST_OF_STATEMENT = 200;

/** A migration of which something may be at work, and the steps of it that the journal does not say are done. */
interface Candidate extends Pick<CurrentStep, 'direction' | 'steps' | 'isJournalled'> {
  readonly migration: InFile;
  /** Where the first one of them is; null where that is not known. */
  readonly first: Pick<CurrentStep, 'step' | 'file' | 'line'>;
  /** Empty where their texts are not known. `position`: where it stands in its up or down, from 0. */
  readonly left: readonly { readonly step: number; readonly position: number; readonly text: string }[];
}

/** What a look at the journal found. */
export interface Journalled {
  /** The newest migration that is begun and not done. */
  readonly half: HistoryRow | undefined;
  /** Null where nobody is at work on them. */
  readonly pending: readonly ManifestEntry[] | null;
}

/**
 * What is worked on; null where nothing is, or where it is between two.
 *
 * What the server shows goes before what the journal says: that a step is done is written with what begins next, and for changed rows
 * that is seen only once they are committed.
 *
 * @param running - the statement that runs; null where the server shows none
 */
export async function currentStep(
  database: Database,
  { half, pending }: Journalled,
  running: string | null,
  world: World,
): Promise<CurrentStep | null> {
  let first: CurrentStep | null = null;
  for await (const candidate of candidates(database, half, pending ?? [], world)) {
    first ??= {
      ...at(candidate),
      sql: shown(running === null ? candidate.left[0]?.text : withoutValues(running)),
      isSeen: false,
    };
    if (running === null) break;
    const seen = candidate.left.find(({ text }) => isSame(text, running));
    if (seen === undefined) continue;
    const place = placeOf(candidate.migration, candidate.direction, seen.position) ?? NOWHERE;
    return { ...at(candidate), step: seen.step, ...place, sql: shown(running), isSeen: true };
  }
  return first;
}

/** Those of the pending ones that a run has done before it came to one of them. */
export function doneBefore(current: CurrentStep | null, pending: readonly ManifestEntry[]): number {
  if (current?.direction !== 'up') return 0;
  const at = pending.findIndex(({ name }) => name === current.migration);
  const before = pending.slice(0, Math.max(0, at));
  return before.filter((entry) => isContract(entry) === isContract(pending[at] ?? entry)).length;
}

async function* candidates(
  database: Database,
  half: HistoryRow | undefined,
  pending: readonly ManifestEntry[],
  world: World,
): AsyncGenerator<Candidate> {
  if (half !== undefined) yield await halfDone(database, half, world);
  // What goes back goes on with no migration that is pending.
  if (half !== undefined && progressOf(half).direction === 'down') return;
  for (const entry of pending) if (entry.name !== half?.name) yield notBegun(entry, world);
}

async function halfDone(database: Database, row: HistoryRow, world: World): Promise<Candidate> {
  const { direction, done } = progressOf(row);
  const texts = await textsOf(database, row, world);
  const chosen = direction === 'up' ? null : await journalsOf(database).migrations.chosenDowns(row.storedName);
  const positions = chosen?.map(([position]) => position) ?? texts.map((_, position) => position);
  return {
    ...{ migration: row, direction, steps: row.stepsTotal, isJournalled: true },
    first: { step: done + 1, ...(openPlace(row) ?? NOWHERE) },
    left: positions
      .slice(done)
      .map((position, index) => ({ step: done + index + 1, position, text: texts[position] ?? '' })),
  };
}

function notBegun(entry: ManifestEntry, { own }: World): Candidate {
  const texts = ownStatements(own, entry.name)?.up ?? [];
  return {
    ...{ migration: entry, direction: 'up', steps: entry.steps, isJournalled: false },
    first: { step: 1, ...(placeOf(entry, 'up', 0) ?? NOWHERE) },
    left: texts.map((text, position) => ({ step: position + 1, position, text })),
  };
}

/** The function's own, or what the journal has: those are only looked at. */
async function textsOf(database: Database, row: HistoryRow, { code, own }: World): Promise<readonly string[]> {
  const { direction } = progressOf(row);
  if (direction === 'up' && code.migrations.some(({ name }) => name === row.name)) {
    return ownStatements(own, row.name)?.up ?? [];
  }
  const stored = await journalsOf(database).migrations.script(row.storedName);
  const script = stored === null ? null : readScript(stored);
  return script === null || 'module' in script ? [] : script[direction].map(({ text }) => text);
}

function at({ migration, direction, steps, isJournalled, first }: Candidate): Omit<CurrentStep, 'sql' | 'isSeen'> {
  return { migration: migration.name, direction, steps, isJournalled, ...first };
}

/**
 * MySQL with `performance_schema_show_processlist` shows no more than the first 1,024 bytes of a statement, and no part of a character;
 * and what holds a password is shown with other words in its place.
 */
function isSame(text: string, running: string): boolean {
  return Buffer.byteLength(running) < SHOWN_WHOLE ? text === running : text.startsWith(running);
}

/** Bytes that every server shows. */
const SHOWN_WHOLE = 1_000;

/** A statement that is in no text of a release may show what is in rows: MySQL puts in the values that JavaScript gives to it. */
function withoutValues(statement: string): string {
  return statement.replace(/'(?:[^'\\]|\\.)*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|\b\d[\w.]*/gs, '?');
}

function shown(text: string | undefined): string | null {
  return text?.slice(0, MOST_OF_STATEMENT) ?? null;
}
