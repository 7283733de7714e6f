import type { SchemaDetail, SchemaObject, SchemaSnapshot } from './inventory';
import { hasEnded } from './ended-events';
import { withNamesOfNow, withTableQuoted } from './printed-names';
import { withSortedKeys } from './sorted-keys';

/** At most this many differing objects stand in a sentence. */
const MAX_OBJECTS = 5;

/** How one object differs between two looks at a schema. */
export interface Difference {
  /** Kind and name. */
  readonly label: string;
  /** Its definition before; null where it is new. */
  readonly before: string | null;
  /** Its definition now; null where it is missing. */
  readonly now: string | null;
}

/** Says in words how a schema differs from what it was before; null where it does not. `latest`: see {@link differencesOf}. */
export function describeDrift(before: SchemaSnapshot, now: SchemaSnapshot, latest = ''): string | null {
  const differences = differencesOf(before, now, latest).map(describeDifference);
  if (differences.length === 0) return null;
  const shown = differences.slice(0, MAX_OBJECTS).join('; ');
  return differences.length > MAX_OBJECTS ? `${shown}; and ${differences.length - MAX_OBJECTS} more` : shown;
}

/**
 * What differs between two looks at a schema: first what is missing, then what is new, then what is changed.
 *
 * @param latest until when events may have ended by themselves, which is no difference, such as `2026-01-31 00:00:00`
 */
export function differencesOf(before: SchemaSnapshot, now: SchemaSnapshot, latest = ''): readonly Difference[] {
  // Older code has not read them: what is not known did not change.
  const hasDetails = before.details !== undefined && now.details !== undefined;
  const old = byKey(before, hasDetails);
  const current = byKey(now, hasDetails);
  const all = [...new Map([...old, ...current])].map(([key, { kind, name }]): Difference => {
    const [was, is] = [old.get(key), current.get(key)];
    return { label: `${kind} ${name}`, before: was?.definition ?? null, now: is?.definition ?? null };
  });
  return [
    ...all.filter((each) => each.now === null),
    ...all.filter((each) => each.before === null),
    ...all.filter((each) => each.before !== null && each.now !== null && each.before !== each.now),
  ].filter(({ label, before: was, now: is }) => !(label.startsWith('event ') && hasEnded(was, is, latest)));
}

/** With all of an object's definitions in one. */
function byKey({ objects, details = [] }: SchemaSnapshot, hasDetails: boolean): ReadonlyMap<string, SchemaDetail> {
  const compared = new Map<string, SchemaDetail>();
  for (const object of hasDetails ? [...objects, ...details] : objects) {
    const shown = compared.get(keyOf(object))?.definition;
    const printed = withNamesOfNow(object.definition);
    const own =
      object.kind === 'table'
        ? withSortedKeys(printed)
        : object.kind === 'trigger'
          ? withTableQuoted(printed)
          : printed;
    compared.set(keyOf(object), { ...object, definition: shown === undefined ? own : `${shown}\n${own}` });
  }
  return compared;
}

/** A database that was restored under another name is the same. */
function keyOf({ kind, name }: SchemaObject | SchemaDetail): string {
  return kind === 'database' ? kind : `${kind} ${name}`;
}

function describeDifference({ label, before, now }: Difference): string {
  if (now === null) return `${label} is missing`;
  if (before === null) return `${label} is new`;
  if (isHidden(before) !== isHidden(now))
    return `${label} cannot be compared, since the function's user ${isHidden(now) ? 'may not see its definition now' : 'could not see its definition then'}`;
  const lost = linesOnlyIn(before, now);
  const gained = linesOnlyIn(now, before);
  const parts = [
    lost.length > 0 ? `without ${lost.join(', ')}` : '',
    gained.length > 0 ? `with ${gained.join(', ')}` : '',
  ];
  const details = parts.filter((part) => part !== '').join(' and ');
  return `${label} is changed${details === '' ? '' : ` (${details})`}`;
}

/** What else is known of an object stands below its definition. */
function isHidden(definition: string): boolean {
  return /^(\n|$)/.test(definition);
}

function linesOnlyIn(definition: string, other: string): readonly string[] {
  const lines = new Set(linesOf(other));
  return linesOf(definition).filter((line) => !lines.has(line));
}

function linesOf(definition: string): readonly string[] {
  return definition.split('\n').map((line) => line.trim().replace(/,$/, ''));
}
