import type { Step } from '../sql/step';
import { hasWholeName } from '../schema/whole-name';
import type { Database } from '../ports';
import { named, type Named } from './non-transactional-tables';
import { ALL, OF_SERVER } from './schema-listing';

/**
 * Makes what tells whether more may have come of a statement than its text says: a stored function or a trigger may write any
 * row. Its text then has the name of a function or package, of a table with a trigger, or of a view, where there is any of
 * these. A trigger runs for rows that INSERT IGNORE then leaves out, too. A sequence is no row, and moves on all the same.
 *
 * Of one migration: as soon as it has made such an object itself, nobody asks. What is in another database counts where the migration
 * has named that.
 *
 * @param texts - all that the migration has run so far, or more
 */
export function sideEffectsIn(database: Database, texts: () => Iterable<string>): (step: Step) => Promise<boolean> {
  let found: readonly Named[] | undefined;
  return async (step) => {
    if (step.shows('movesSequence')) return true;
    found ??= (await database.query(NAMES)).map(named);
    const text = step.text.toLowerCase();
    const isNear = (schema: string): boolean =>
      schema === database.name.toLowerCase() ||
      [text, ...texts()].some((each) => hasWholeName(each.toLowerCase(), schema));
    return found.some(({ schema, name }) => hasWholeName(text, name) && isNear(schema));
  };
}

const FUNCTIONS = `FROM information_schema.ROUTINES WHERE ROUTINE_TYPE <> 'PROCEDURE' AND ROUTINE_SCHEMA NOT IN ${OF_SERVER}`;

const TRIGGERS = `FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA NOT IN ${OF_SERVER}`;

const NAMES = `SELECT ROUTINE_SCHEMA AS db, ROUTINE_NAME AS name ${FUNCTIONS}
  UNION SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE ${TRIGGERS}
  UNION SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.VIEWS
    WHERE TABLE_SCHEMA NOT IN ${OF_SERVER} AND (EXISTS (SELECT 1 ${FUNCTIONS}) OR EXISTS (SELECT 1 ${TRIGGERS}))
  ${ALL}`;
