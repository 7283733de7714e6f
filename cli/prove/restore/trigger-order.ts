import type { SchemaSnapshot } from '../../../lambda/schema/inventory';
import { identifier } from '../../../lambda/sql-text';

/** A trigger that is to be made. */
export interface MadeTrigger {
  readonly name: string;
  /** Whether one of that name is to be dropped first. */
  readonly isThere: boolean;
  /** The clause that says where it fires; empty where that is behind all others. */
  readonly place: string;
}

/** The triggers of one table and moment, in the order in which they fired before. */
export function firingWith(name: string, { details = [] }: SchemaSnapshot): readonly string[] {
  const follows = followsOf(details);
  const all = [name];
  for (let [first] = all; first !== undefined;) {
    first = follows.get(first);
    if (first !== undefined) all.unshift(first);
  }
  const next = new Map([...follows].map(([behind, before]) => [before, behind]));
  for (let last = next.get(name); last !== undefined; last = next.get(last)) all.push(last);
  return all;
}

/**
 * Which triggers are to be made again so that they fire in the order in which they did: none can be moved.
 *
 * @param wanted those of one table and moment, in that order
 * @param isKept whether a trigger is what it was, but for its place
 */
export function triggersToMake(
  wanted: readonly string[],
  now: SchemaSnapshot,
  isKept: (name: string) => boolean,
): readonly MadeTrigger[] {
  const there = new Set(now.objects.filter(({ kind }) => kind === 'trigger').map(({ name }) => name));
  const depth = (name: string): number => firingWith(name, now).indexOf(name);
  let order = wanted.filter((name) => there.has(name) && isKept(name)).sort((a, b) => depth(a) - depth(b));
  const made: MadeTrigger[] = [];
  for (const [index, name] of wanted.entries()) {
    if (order[index] === name) continue;
    order = order.filter((other) => other !== name);
    const [next, before] = [order[index], wanted[index - 1]];
    const place = before === undefined ? `PRECEDES ${nameOf(next)}` : `FOLLOWS ${nameOf(before)}`;
    made.push({ name, isThere: there.has(name), place: next === undefined ? '' : place });
    order = order.toSpliced(index, 0, name);
  }
  return made;
}

function nameOf(name = ''): string {
  return identifier(name).text;
}

/** Behind which other trigger each fires. */
function followsOf(details: NonNullable<SchemaSnapshot['details']>): ReadonlyMap<string, string> {
  return new Map(
    details.flatMap(({ kind, name, definition }) => {
      const [, before] = kind === 'trigger' ? (/^FOLLOWS (.*)$/.exec(definition) ?? []) : [];
      return before === undefined ? [] : [[name, before] as const];
    }),
  );
}
