import { structuredPatch } from 'diff';
import { differencesOf } from '../../../lambda/schema/schema-drift';
import type { SchemaSnapshot } from '../../../lambda/schema/inventory';
import { differInTimesOnly, withoutTimeOfProof } from './event-times';
import { inRestoringOrder, type Restored } from './restoring-order';
import { restoringStatements } from './restoring-statements';

/** How one object is not what it was before. */
export interface SchemaDifference {
  /** Kind and name. */
  readonly object: string;
  readonly kind: 'missing' | 'left-over' | 'changed';
  /** Lines of its definition: `-` what was there before, `+` what is there now, a space what is there both times. */
  readonly lines: readonly string[];
  /** What would make it what it was; null where that cannot be told. */
  readonly restore: readonly string[] | null;
  /** It is an event, and when it begins, ends or runs is all that differs. */
  readonly isTimesOnly?: true;
  /** What would make it what it was has no time at which its event begins: the proof itself is when it did. */
  readonly isWithoutStart?: true;
}

/**
 * Compares two looks at a schema, as the function itself does. The differences come in an order in which what restores each
 * can be run.
 *
 * @param ownMode the sql_mode that a session has by itself
 */
export function schemaDifferences(
  before: SchemaSnapshot,
  now: SchemaSnapshot,
  ownMode: string,
): readonly SchemaDifference[] {
  const differences = differencesOf(before, now);
  const compared = { before, now, differences, ownMode };
  const restored = differences.map((difference) => ({
    difference,
    restore: restoringStatements(difference, compared),
  }));
  return inRestoringOrder(restored).map(toSchemaDifference);
}

function toSchemaDifference({ difference: { label, before, now }, restore }: Restored): SchemaDifference {
  return {
    object: label,
    kind: now === null ? 'missing' : before === null ? 'left-over' : 'changed',
    lines: linesOf(before, now),
    restore,
    ...(differInTimesOnly(before, now) && { isTimesOnly: true }),
    ...(before !== null && withoutTimeOfProof(before) !== before && { isWithoutStart: true }),
  };
}

/** Those that are not in the time of an event alone, which is another one wherever the event is made anew. */
export function withoutEventTimes(differences: readonly SchemaDifference[]): readonly SchemaDifference[] {
  return differences.filter(({ isTimesOnly }) => isTimesOnly !== true);
}

function linesOf(before: string | null, now: string | null): readonly string[] {
  if (before === null || now === null) return [];
  const patch = structuredPatch('', '', comparable(before), comparable(now), undefined, undefined, { context: 1 });
  const lines = patch.hunks.flatMap(({ lines }, index) => [...(index > 0 ? ['  …'] : []), ...lines]);
  return lines.filter((line) => !line.startsWith('\\'));
}

/** Commas stand after what is not the last: they would differ where their line does not. */
function comparable(definition: string): string {
  return `${definition
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .join('\n')}\n`;
}
