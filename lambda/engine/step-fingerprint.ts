import { sha256 } from '../plan/checksum';
import type { DbObject, Effect } from '../plan/db-object';
import { tableOf } from '../plan/db-object';
import { effectsOf } from '../plan/objects';
import { readDefinition } from './definition';
import { readSchema, schemaDigest } from './fingerprint';
import type { Database } from './ports';
import { fragment, identifier, sql } from './sql';

/**
 * Hash over the definitions of the objects that a statement names, as they are now; of the whole schema where its text
 * does not tell. Names without a schema mean the session's database, as they do in the statement.
 */
export async function stepFingerprint(database: Database, statement: string): Promise<string> {
  const effects = effectsOf(statement);
  if (effects === undefined) return schemaDigest(await readSchema(database));
  const definitions = new Map<string, string>();
  for (const shown of shownBy(effects)) {
    if (!definitions.has(shown)) definitions.set(shown, (await readDefinition(database, shown)) ?? ABSENT);
  }
  return sha256(JSON.stringify([...definitions]));
}

/** What {@link stepFingerprint} is of a statement with these effects where none of its objects is there. */
export function absentFingerprint(effects: readonly Effect[]): string {
  return sha256(JSON.stringify([...new Map(shownBy(effects).map((shown) => [shown, ABSENT]))]));
}

const ABSENT = 'absent';

function shownBy(effects: readonly Effect[]): readonly string[] {
  return effects
    .flatMap((effect) => (effect.action === 'rename' ? [effect.object, effect.to] : [effect.object]))
    .map(shownAs);
}

const KEYWORDS = {
  database: 'DATABASE',
  table: 'TABLE',
  // SHOW CREATE TABLE shows a view too, and a statement may take the one for the other.
  view: 'TABLE',
  procedure: 'PROCEDURE',
  function: 'FUNCTION',
  trigger: 'TRIGGER',
  event: 'EVENT',
} as const;

/** What follows SHOW CREATE: of a part of a table, the table. */
function shownAs(object: DbObject): string {
  const whole = tableOf(object) ?? object;
  const keyword = fragment(KEYWORDS[whole.kind as keyof typeof KEYWORDS]);
  const names = whole.schema === undefined ? [whole.name] : [whole.schema, whole.name];
  return sql`${keyword} ${identifier(...names)}`;
}
