import type { SchemaObject, SchemaSnapshot } from './inventory';

/** At most this many differing objects stand in a sentence. */
const MAX_OBJECTS = 5;

/** Says in words how a schema differs from what it was before; null where it does not. */
export function describeDrift(before: SchemaSnapshot, now: SchemaSnapshot): string | null {
  const old = byKey(before);
  const current = byKey(now);
  const differences = [
    ...[...old].filter(([key]) => !current.has(key)).map(([key]) => `${key} is missing`),
    ...[...current].filter(([key]) => !old.has(key)).map(([key]) => `${key} is new`),
    ...[...current].flatMap(([key, object]) => changeOf(key, old.get(key), object)),
  ];
  if (differences.length === 0) return null;
  const shown = differences.slice(0, MAX_OBJECTS).join('; ');
  return differences.length > MAX_OBJECTS ? `${shown}; and ${differences.length - MAX_OBJECTS} more` : shown;
}

function byKey(schema: SchemaSnapshot): ReadonlyMap<string, SchemaObject> {
  return new Map(schema.objects.map((object) => [`${object.kind} ${object.name}`, object]));
}

function changeOf(key: string, before: SchemaObject | undefined, now: SchemaObject): readonly string[] {
  if (before === undefined || before.definition === now.definition) return [];
  const lost = linesOnlyIn(before, now);
  const gained = linesOnlyIn(now, before);
  const parts = [
    lost.length > 0 ? `without ${lost.join(', ')}` : '',
    gained.length > 0 ? `with ${gained.join(', ')}` : '',
  ];
  const details = parts.filter((part) => part !== '').join(' and ');
  return [`${key} is changed${details === '' ? '' : ` (${details})`}`];
}

function linesOnlyIn(object: SchemaObject, other: SchemaObject): readonly string[] {
  const lines = new Set(linesOf(other));
  return linesOf(object).filter((line) => !lines.has(line));
}

function linesOf(object: SchemaObject): readonly string[] {
  return object.definition.split('\n').map((line) => line.trim().replace(/,$/, ''));
}
