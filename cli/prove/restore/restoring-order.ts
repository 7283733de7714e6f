import type { Difference } from '../../../lambda/schema/schema-drift';
import { identifier } from '../../../lambda/sql-text';
import { inViewOrder } from '../../dump/view-order';
import { setsMode } from './restoring-script';

/** A difference, and what restores the object. */
export interface Restored {
  readonly difference: Difference;
  readonly restore: readonly string[] | null;
}

/** Kind and name of an object, the name as SQL has it. */
export function nameIn(label: string): { readonly kind: string; readonly name: string } {
  const kind = /^package body(?= )|^\w+/.exec(label)?.[0] ?? '';
  return { kind, name: identifier(label.slice(kind.length + 1)).text };
}

/** In an order in which the statements can be run one after the other. */
export function inRestoringOrder(all: readonly Restored[]): readonly Restored[] {
  const sorted = all.toSorted((a, b) => rankOf(a) - rankOf(b));
  const tables = sorted.filter((each) => rankOf(each) === TABLE);
  const views = sorted.filter((each) => rankOf(each) === VIEW);
  return [
    ...sorted.filter((each) => rankOf(each) < TABLE),
    ...inTableOrder(tables),
    ...sorted.filter((each) => rankOf(each) > TABLE && rankOf(each) < VIEW),
    ...viewsInOrder(views),
  ];
}

const [DROPPED, TABLE, MADE, MADE_IN_MODE, VIEW] = [10, 20, 30, 40, 50];

/** Triggers go with their table, and the body of a package with that. */
const DROPS = ['trigger', 'event', 'view', 'procedure', 'function', 'package body', 'package', 'library'];
const MAKES = DROPS.toReversed();

/** Views are made of all else. What needs no sql_mode comes first, so that none is set for it. */
function rankOf({ difference: { label, before }, restore }: Restored): number {
  const { kind } = nameIn(label);
  if (kind === 'database') return 0;
  if (kind === 'table') return TABLE;
  if (before === null) return DROPPED + DROPS.indexOf(kind) / DROPS.length;
  if (kind === 'view') return VIEW;
  const isInMode = restore?.some(setsMode) === true;
  return (isInMode ? MADE_IN_MODE : MADE) + MAKES.indexOf(kind) / MAKES.length;
}

/**
 * A table that is made comes behind those that it refers to, and before those that refer to it; one that is dropped the other
 * way round.
 */
function inTableOrder(tables: readonly Restored[]): readonly Restored[] {
  const nameOf = ({ difference: { label } }: Restored): string => label.slice('table '.length);
  const isFirst = (one: Restored, other: Restored): boolean =>
    refers(other.difference.before, nameOf(one)) || refers(one.difference.now, nameOf(other));
  const done = new Set<Restored>();
  const visit = (table: Restored, above: readonly Restored[]): void => {
    if (done.has(table) || above.includes(table)) return;
    for (const other of tables) if (other !== table && isFirst(other, table)) visit(other, [...above, table]);
    done.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...done];
}

/** By a foreign key, or by the sequence that a column has its values from. */
function refers(definition: string | null, name: string): boolean {
  const quoted = identifier(name).text;
  return (
    definition !== null &&
    [`REFERENCES ${quoted}`, `val(${quoted}`, `.${quoted})`].some((part) => definition.includes(part))
  );
}

function viewsInOrder(views: readonly Restored[]): readonly Restored[] {
  const byName = new Map(views.map((each) => [each.difference.label.slice('view '.length), each]));
  const order = inViewOrder(
    [...byName].map(([name, { difference }]) => ({ kind: 'view', name, definition: difference.before ?? '' })),
  );
  return order.flatMap(({ name }) => byName.get(name) ?? []);
}
