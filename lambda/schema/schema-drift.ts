import type { SchemaDetail, SchemaObject, SchemaSnapshot } from './inventory';

/** At most this many differing objects stand in a sentence. */
const MAX_OBJECTS = 5;

/** Says in words how a schema differs from what it was before; null where it does not. */
export function describeDrift(before: SchemaSnapshot, now: SchemaSnapshot): string | null {
  // Older code has not read them: what is not known did not change.
  const hasDetails = before.details !== undefined && now.details !== undefined;
  const old = byKey(before, hasDetails);
  const current = byKey(now, hasDetails);
  const differences = [
    ...[...old].filter(([key]) => !current.has(key)).map(([, { label }]) => `${label} is missing`),
    ...[...current].filter(([key]) => !old.has(key)).map(([, { label }]) => `${label} is new`),
    ...[...current].flatMap(([key, object]) => changeOf(old.get(key), object)),
  ];
  if (differences.length === 0) return null;
  const shown = differences.slice(0, MAX_OBJECTS).join('; ');
  return differences.length > MAX_OBJECTS ? `${shown}; and ${differences.length - MAX_OBJECTS} more` : shown;
}

/** What is compared of an object. */
interface Compared {
  readonly label: string;
  readonly definition: string;
}

function byKey({ objects, details = [] }: SchemaSnapshot, hasDetails: boolean): ReadonlyMap<string, Compared> {
  const compared = new Map<string, Compared>();
  for (const object of hasDetails ? [...objects, ...details] : objects) {
    const label = `${object.kind} ${object.name}`;
    const shown = compared.get(keyOf(object))?.definition;
    const definition = shown === undefined ? object.definition : `${shown}\n${object.definition}`;
    compared.set(keyOf(object), { label, definition });
  }
  return compared;
}

/** A database that was restored under another name is the same. */
function keyOf({ kind, name }: SchemaObject | SchemaDetail): string {
  return kind === 'database' ? kind : `${kind} ${name}`;
}

function changeOf(before: Compared | undefined, now: Compared): readonly string[] {
  if (before === undefined || before.definition === now.definition) return [];
  const lost = linesOnlyIn(before, now);
  const gained = linesOnlyIn(now, before);
  const parts = [
    lost.length > 0 ? `without ${lost.join(', ')}` : '',
    gained.length > 0 ? `with ${gained.join(', ')}` : '',
  ];
  const details = parts.filter((part) => part !== '').join(' and ');
  return [`${now.label} is changed${details === '' ? '' : ` (${details})`}`];
}

function linesOnlyIn(object: Compared, other: Compared): readonly string[] {
  const lines = new Set(linesOf(other));
  return linesOf(object).filter((line) => !lines.has(line));
}

function linesOf(object: Compared): readonly string[] {
  return object.definition.split('\n').map((line) => line.trim().replace(/,$/, ''));
}
