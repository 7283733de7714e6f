import { positionsIn, splitStatements, type Unreadable } from './statements';

/** A migration file's text, cut at its markers. */
export interface Sections {
  readonly kind: 'sections';
  readonly up: string;
  /** Line of the file on which `up` starts, counted from 1. */
  readonly upLine: number;
  /** Absent where the file has no down marker; it may well be empty. */
  readonly down?: string;
  readonly downLine?: number;
  readonly irreversible: boolean;
}

/** A file that has neither marker, which the reader may want to explain in terms of the file's name. */
export interface Unmarked {
  readonly kind: 'unmarked';
  readonly line: number;
  readonly problem: string;
}

interface Marker {
  readonly name: string;
  readonly line: number;
  readonly start: number;
  /** Index of the line after it. */
  readonly end: number;
}

const MARKER = /^[ \t]*--[ \t]*migrate:(?:[ \t]*(up|down|irreversible|phase)|(\S+))(?:[ \t]([^\n]*))?\r?$/gim;

const CONTRACT = 'phase contract';

/**
 * Cuts a file in dbmate's format at `-- migrate:up` and `-- migrate:down`.
 *
 * As in dbmate, a marker counts wherever its line stands, options after it are accepted (and mean nothing here), and
 * only comments may come before the first. Other than dbmate, a misspelt marker is a problem: as a mere comment it would
 * turn the down statements into a part of the up.
 */
export function parseSections(source: string): Sections | Unmarked | Unreadable {
  const markers = markersOf(source);
  const [first] = markers.filter(({ name }) => name !== 'irreversible' && name !== CONTRACT);
  if (!first) return { kind: 'unmarked', line: 1, problem: 'the line "-- migrate:up" is missing' };

  const [up, secondUp] = markers.filter(({ name }) => name === 'up');
  const [down, secondDown] = markers.filter(({ name }) => name === 'down');
  const [irreversible] = markers.filter(({ name }) => name === 'irreversible');
  const misspelt = misspeltIn(markers);
  if (misspelt) return misspelt;
  if (secondUp) return at(secondUp, `"migrate:up" stands here a second time, the first is on line ${up?.line}`);
  if (secondDown) return at(secondDown, `"migrate:down" stands here a second time, the first is on line ${down?.line}`);
  if (!up) return at(first, '"migrate:up" is missing');
  if (down && down.line < up.line) return at(down, '"migrate:down" must come after "migrate:up"');

  const head = splitStatements(source.slice(0, up.start));
  if (head.kind === 'unreadable') return head;
  if (head.statements.length > 0) return at(up, 'only comments may stand before "migrate:up"');

  const downText = down && source.slice(down.end);
  if (irreversible && downText !== undefined) {
    const statements = splitStatements(downText);
    if (statements.kind === 'unreadable' || statements.statements.length > 0) {
      return at(irreversible, '"migrate:irreversible" contradicts the statements after "migrate:down"');
    }
  }
  return {
    kind: 'sections',
    up: source.slice(up.end, down?.start),
    upLine: up.line + 1,
    down: downText,
    downLine: down && down.line + 1,
    irreversible: irreversible !== undefined,
  };
}

/** A line that looks like a marker and is none; undefined where there is no such line. */
export function misspeltMarker(source: string): Unreadable | undefined {
  return misspeltIn(markersOf(source));
}

function misspeltIn(markers: readonly Marker[]): Unreadable | undefined {
  const unknown = markers.find(({ name }) => !['up', 'down', 'irreversible', CONTRACT].includes(name));
  return (
    unknown && at(unknown, `"migrate:${unknown.name}" is not a marker, only up, down, irreversible and ${CONTRACT} are`)
  );
}

/** True where a file of its own, such as `0001_name.up.sql`, says `-- migrate:irreversible` on a line. */
export function saysIrreversible(source: string): boolean {
  return markersOf(source).some(({ name }) => name === 'irreversible');
}

/** A text without the lines that are markers, each of them a comment to everyone else. */
export function withoutMarkers(source: string): string {
  return source.replace(MARKER, '');
}

/** True where a file says `-- migrate:phase contract` on a line, whatever its form. */
export function saysContract(source: string): boolean {
  return markersOf(source).some(({ name }) => name === CONTRACT);
}

function markersOf(source: string): readonly Marker[] {
  const text = source.charCodeAt(0) === 0xfeff ? ` ${source.slice(1)}` : source;
  const position = positionsIn(text);
  return [...text.matchAll(MARKER)].map((match) => {
    const after = match.index + match[0].length;
    const name = (match[1] ?? match[2] ?? '').toLowerCase();
    return {
      // Which phase it is belongs to the marker; what stands after the others means nothing.
      name: name === 'phase' ? `phase ${match[3]?.trim() ?? ''}`.trim() : name,
      line: position(match.index).line,
      start: match.index,
      end: Math.min(after + 1, text.length),
    };
  });
}

function at(marker: Marker, problem: string): Unreadable {
  return { kind: 'unreadable', line: marker.line, problem };
}
