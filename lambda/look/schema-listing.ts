import type { SchemaDetail, SchemaObject } from '../schema/inventory';
import { JOURNAL_TABLES } from '../sql/journal-touch';
import type { Database, Row } from '../ports';
import { sql } from '../sql-text';
import { SERVER_SCHEMAS } from '../words/server-schemas';

/** The server's own schemas, as SQL. */
export const OF_SERVER = `('${SERVER_SCHEMAS.join("', '")}')`;

/** Behind a query, so that a migration's sql_select_limit does not cut its answer. */
export const ALL = 'LIMIT 18446744073709551615';

/** What is in a schema, and is to be read with SHOW CREATE. */
export interface Listed<Kind extends string> {
  readonly kind: Kind;
  readonly name: string;
  /** The words between SHOW CREATE and the name. */
  readonly shownAs: string;
}

export interface SchemaListing {
  readonly objects: readonly Listed<SchemaObject['kind']>[];
  readonly details: readonly Listed<SchemaDetail['kind']>[];
  /** After which other one a trigger fires: its definition does not show it. */
  readonly follows: readonly SchemaDetail[];
}

/** Lists what is in a schema but the journal, in an order that is always the same. */
export async function listSchema(database: Database): Promise<SchemaListing> {
  const schema = database.name;
  // Servers before MySQL 9.2 have no view of libraries. MariaDB passes over what is for versions from 50700 to 99999.
  const rows = await database.query(
    sql`SELECT IF(TABLE_TYPE LIKE '%VIEW', 'VIEW', IF(TABLE_TYPE = 'SEQUENCE', 'SEQUENCE', 'TABLE')) AS type,
          TABLE_NAME AS name, NULL AS place, NULL AS position
          FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${schema} AND TABLE_TYPE <> 'TEMPORARY'
        UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME, NULL, NULL FROM information_schema.ROUTINES
          WHERE ROUTINE_SCHEMA = ${schema}
        UNION ALL SELECT 'TRIGGER', TRIGGER_NAME, CONCAT_WS(' ', ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE),
          ACTION_ORDER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${schema}
        UNION ALL SELECT 'EVENT', EVENT_NAME, NULL, NULL FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${schema}
        /*!90200 UNION ALL SELECT 'LIBRARY', LIBRARY_NAME, NULL, NULL FROM information_schema.LIBRARIES
          WHERE LIBRARY_SCHEMA = ${schema} */`,
  );
  const journal = new Set<string>(JOURNAL_TABLES);
  const listed = <Kind extends string>(kinds: Readonly<Record<string, readonly [Kind, string]>>): Listed<Kind>[] =>
    rows
      .flatMap((row) => {
        const found = kinds[String(row['type'])];
        return found === undefined ? [] : [{ kind: found[0], name: String(row['name']), shownAs: found[1] }];
      })
      .filter(({ kind, name }) => !(kind === 'table' && journal.has(name)))
      .toSorted((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
  return {
    objects: listed(OBJECTS),
    details: [{ kind: 'database', name: schema, shownAs: 'DATABASE' }, ...listed(DETAILS)],
    follows: followsOf(rows.filter((row) => row['type'] === 'TRIGGER')),
  };
}

/** By the types of the query above. */
const OBJECTS = {
  TABLE: ['table', 'TABLE'],
  SEQUENCE: ['table', 'TABLE'],
  VIEW: ['view', 'VIEW'],
  PROCEDURE: ['procedure', 'PROCEDURE'],
  FUNCTION: ['function', 'FUNCTION'],
  TRIGGER: ['trigger', 'TRIGGER'],
  EVENT: ['event', 'EVENT'],
} as const satisfies Readonly<Record<string, readonly [SchemaObject['kind'], string]>>;

const DETAILS = {
  // As tables, all sequences look the same. How far it has counted is no part of this.
  SEQUENCE: ['table', 'SEQUENCE'],
  PACKAGE: ['package', 'PACKAGE'],
  'PACKAGE BODY': ['package body', 'PACKAGE BODY'],
  LIBRARY: ['library', 'LIBRARY'],
} as const satisfies Readonly<Record<string, readonly [SchemaDetail['kind'], string]>>;

function followsOf(triggers: readonly Row[]): readonly SchemaDetail[] {
  const ordered = triggers.toSorted((a, b) => Number(a['position']) - Number(b['position']));
  return ordered.flatMap(({ name, place }, index) => {
    const before = ordered.slice(0, index).findLast((other) => other['place'] === place);
    if (before === undefined) return [];
    return [{ kind: 'trigger', name: String(name), definition: `FOLLOWS ${String(before['name'])}` } as const];
  });
}
