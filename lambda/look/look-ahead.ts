import type { Database } from '../ports';
import { tableOf, type Effect } from '../sql/db-object';
import type { Step } from '../sql/step';
import { definitionOf } from './definition';
import { fragment, sql } from '../sql-text';
import { absentFingerprint, shownAs, tableFingerprint } from './step-fingerprint';

/** For so long they are taken for what is there: others may change tables too. Milliseconds. */
export const FRESH_MS = 1_000;

/** Fingerprints of steps that are about to be run. */
export interface LookedAhead {
  /** Of the first steps; those that follow could not be looked at so. */
  readonly fingerprints: readonly string[];
  /** Until when they hold, on the server's clock, in UTC. */
  readonly until: string;
}

/**
 * The one table of the session's database that a step makes or changes, in small letters; undefined where it does anything
 * else, or nothing, or where other tables show what it does, as foreign keys do the new name of a column.
 */
export function onlyTableOf(step: Step): string | undefined {
  const made = tableMadeBy(step);
  if (made !== undefined) return made.toLowerCase();
  const { nature, effects = [], isWithoutTrace } = step;
  if (nature !== 'visible' || isWithoutTrace || step.shows('mayRename') || step.shows('maintainsPartitions'))
    return undefined;
  const [table, ...others] = new Set(effects.map(tableChangedBy));
  return others.length === 0 ? table?.toLowerCase() : undefined;
}

function tableChangedBy(effect: Effect): string | undefined {
  const { object, action } = effect;
  const table = action === 'alter' && object.kind === 'table' ? object : tableOf(object);
  const isOurs = table?.schema === undefined && action !== 'rename' && action !== 'data';
  return isOurs && table !== undefined && ASCII.test(table.name) ? table.name : undefined;
}

/**
 * Looks with one packet at the tables of steps that have one each, all of them different, so that none changes what another one
 * finds: a look at each of them by itself would be a round trip each. Null where it cannot be done so.
 */
export async function lookAhead(database: Database, steps: readonly Step[]): Promise<LookedAhead | null> {
  const made = steps.flatMap((step) => tableMadeBy(step) ?? []);
  const changed = steps.filter((step) => tableMadeBy(step) === undefined);
  const [now, there = [], ...shown] =
    (await database.readTogether([
      `SELECT CAST(UTC_TIMESTAMP(3) + INTERVAL ${FRESH_MS * 1000} MICROSECOND AS CHAR) AS until`,
      // With a name that no table has: a list of none is an error.
      tablesNamed(['', ...made]),
      ...changed.flatMap(({ effects: [effect] = [] }) => (effect ? `SHOW CREATE ${shownAs(effect.object)}` : [])),
    ])) ?? [];
  if (now === undefined) return null;
  // In any letters: where they are two tables, each is looked at by itself.
  const names = new Set(there.map(({ name }) => String(name).toLowerCase()));
  const fingerprints: string[] = [];
  for (const step of steps) {
    const { effects = [] } = step;
    const [row] = shown[changed.indexOf(step)] ?? [];
    if (row !== undefined) fingerprints.push(tableFingerprint(effects, definitionOf(row).text));
    else if (names.has(onlyTableOf(step) ?? '')) break;
    else fingerprints.push(absentFingerprint(effects));
  }
  return { fingerprints, until: String(now[0]?.['until']) };
}

/** Asks which of these names the session's database has a table of. */
function tablesNamed(names: readonly string[]): string {
  const list = fragment(names.map((name) => sql`${name}`).join(', '));
  // With a LIMIT, so that a migration's sql_select_limit does not cut it: what is cut would count as absent.
  return sql`SELECT TABLE_NAME AS name FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${list}) LIMIT 1000`;
}

/** The table of the session's database that a step makes, and fails if it is there. */
function tableMadeBy({ nature, effects = [] }: Step): string | undefined {
  const [effect] = effects;
  if (nature !== 'visible' || effects.length !== 1 || effect?.action !== 'create') return undefined;
  const { kind, schema, name } = effect.object;
  // Of other letters a server may make small ones in its own way.
  return kind === 'table' && schema === undefined && ASCII.test(name) ? name : undefined;
}

const ASCII = /^[ -~]+$/;
