import { altersDatabase, type DbObject } from '../../lambda/sql/db-object';
import { TokenReader } from '../../lambda/sql/token-reader';
import { tokensOf } from '../../lambda/sql/tokens';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';

/**
 * Finds properties of a database that an up sets and its down does not set again: all tables that are made after the
 * rollback would have them.
 *
 * Nothing is said where a down's effects cannot be told, nor of what the up itself sets more than once, as a dump does
 * around its routines: the last time may be the one that sets it back.
 */
export function propertiesLeftByDown(
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
): readonly Finding[] {
  if (down.some(({ effects }) => effects === undefined)) return [];
  const set = up.flatMap(propertiesSet);
  const setBack = down.flatMap(propertiesSet);
  const isGone = ({ name }: DbObject): boolean =>
    [...up, ...down].some(({ effects = [] }) =>
      effects.some(({ action, object }) => action === 'drop' && object.kind === 'database' && object.name === name),
    );
  return set
    .filter((one) => set.filter((other) => isSame(one, other)).length === 1)
    .filter((one) => !setBack.some((other) => isSame(one, other)) && !isGone(one.database))
    .map(({ statement, property }) =>
      finding(
        'down-incomplete',
        statement,
        `the down does not set the database's ${property} again, so that a rollback cannot restore it. Add an ALTER DATABASE with its old value to the down`,
      ),
    );
}

/** A property of a database that a statement sets. */
interface SetProperty {
  readonly statement: StatementUnderReview;
  readonly database: DbObject;
  readonly property: (typeof PROPERTIES)[keyof typeof PROPERTIES];
}

/** By the word that names it. A collation stands for its character set, and the other way round. */
const PROPERTIES = {
  CHARACTER: 'default character set',
  CHARSET: 'default character set',
  COLLATE: 'default character set',
  ENCRYPTION: 'default encryption',
  READ: 'mode READ ONLY',
  COMMENT: 'comment',
} as const;

function propertiesSet(statement: StatementUnderReview): readonly SetProperty[] {
  const altered = statement.effects?.find(altersDatabase);
  if (altered === undefined) return [];
  const { object: database } = altered;
  const reader = new TokenReader(tokensOf(statement.text));
  // The name may be one of the words.
  const isNamed = statement.step.effects?.find(altersDatabase)?.object.name !== '';
  for (let skip = isNamed ? 3 : 2; skip > 0; skip -= 1) reader.next();
  const found = new Set<SetProperty['property']>();
  for (; reader.peek(); reader.next()) {
    const word = reader.keyword() as keyof typeof PROPERTIES;
    if (Object.hasOwn(PROPERTIES, word)) found.add(PROPERTIES[word]);
  }
  return [...found].map((property) => ({ statement, database, property }));
}

/** A statement without a name means the default database, and that may be the one that another names. */
function isSame(one: SetProperty, other: SetProperty): boolean {
  const [a, b] = [one.database.name, other.database.name];
  return one.property === other.property && (a === b || a === '' || b === '');
}
