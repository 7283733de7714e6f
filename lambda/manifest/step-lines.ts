/** What has steps that stand in a file: an entry of a manifest, or a row of history. */
export interface InFile {
  readonly name: string;
  /** See {@link stepLinesOf}; null or absent where older code has read the file, and for JavaScript. */
  readonly stepLines?: string | null | undefined;
}

export type Direction = 'up' | 'down';

/** Where a statement begins. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** In an answer, in place of a {@link Place} that is not known. */
export const NOWHERE = { file: null, line: null } as const;

/** Characters that a row of history has for them: enough for a thousand steps, and nothing beside a script. */
const MAX_STORED = 4_000;

/**
 * The lines on which the steps of a migration begin: those of its up, a sign, those of its down. The sign is `;` where both are
 * in one file, and `|` where each has its own: `2,5;9`.
 *
 * No part of the script, of its hash or of the digest: what is run is the same, wherever it stands.
 */
export function stepLinesOf(up: readonly number[], down: readonly number[], areTwoFiles: boolean): string {
  return `${up.join()}${areTwoFiles ? '|' : ';'}${down.join()}`;
}

/** What of it is kept in a row of history. */
export function storedLines({ stepLines = null }: Pick<InFile, 'stepLines'>): string | null {
  return stepLines === null || stepLines.length > MAX_STORED ? null : stepLines;
}

/** Where a step begins, counted from 0 in its up or down as written; null where that is not known. */
export function placeOf({ name, stepLines }: InFile, direction: Direction, at: number): Place | null {
  const lines = stepLines?.split(/[;|]/)[direction === 'up' ? 0 : 1]?.split(',')[at];
  // Also of what somebody has changed in the table.
  if (!(Number(lines) > 0)) return null;
  const form = stepLines?.includes('|') === true ? `.${direction}` : '';
  return { file: `${name}${form}.sql`, line: Number(lines) };
}

/** What stands behind the name of a step: ` (line 12)`; the file too, where the migration's name does not tell it. */
export function behindStep(place: Place | null): string {
  if (place === null) return '';
  return ` (line ${place.line}${place.file.endsWith('.down.sql') ? ` of ${place.file}` : ''})`;
}

/** A step as messages name it: `step 3 of 5 (line 12)`. `of`: what stands behind its number. */
export function nameStep(migration: InFile, direction: Direction, at: number, count: number, of = ''): string {
  return `${direction === 'up' ? '' : 'down '}step ${at + 1} of ${count}${of}${behindStep(placeOf(migration, direction, at))}`;
}

/**
 * A step as messages name it where the number of steps does not matter: `step 3 of its down (line 12)`. `position`: where it
 * stands in the down as written, of which only some steps may be run.
 */
export function nameOwnStep(migration: InFile, direction: Direction, at: number, position = at): string {
  return `step ${at + 1} of its ${direction}${behindStep(placeOf(migration, direction, position))}`;
}
