import { keyOf, parentOf, type DbObject, type Effect } from '../../lambda/sql/db-object';
import { TokenReader } from '../../lambda/sql/token-reader';
import { keywordOf, tokensOf } from '../../lambda/sql/tokens';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';

/**
 * Says once where an up changes the schema and no statement of its down changes anything.
 *
 * @param told what was said of the down before: those statements are not told again
 */
export function leftByIdleDown(
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
  told: readonly Finding[],
): readonly Finding[] {
  if (down.some(({ effects }) => effects === undefined || effects.length > 0)) return [];
  const [first, ...others] = changingStatements(up).filter(({ line }) => !told.some((each) => each.line === line));
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, as other statements of the up do (${others.length} more)`;
  return [
    finding(
      'down-incomplete',
      first,
      `it changes the schema${more}, and the down does nothing: a rollback leaves that as it is. Write the statements that revert it, or "-- migrate:irreversible"`,
    ),
  ];
}

/** Those whose change is still there when the up ends. */
function changingStatements(up: readonly StatementUnderReview[]): readonly StatementUnderReview[] {
  const made = new Map<string, StatementUnderReview>();
  const changed = new Set<StatementUnderReview>();
  /** They dropped what may not have been there: what counts is whether it is there in the end. */
  const inCase = new Map<string, StatementUnderReview>();
  const isMade = (object: DbObject): boolean => {
    const parent = parentOf(object);
    return made.has(keyOf(object)) || (parent !== undefined && made.has(keyOf(parent)));
  };
  for (const statement of up) {
    for (const effect of statement.effects ?? []) {
      const { action, object } = effect;
      const key = keyOf(object);
      if (action === 'data' || (action === 'alter' && !altersDefinition(statement.text, effect))) continue;
      if (action === 'create') {
        if (!isMade(object)) made.set(key, statement);
        inCase.delete(key);
      } else if (!isMade(object)) {
        if (action === 'drop' && effect.ifExists === true) inCase.set(key, statement);
        else changed.add(statement);
      } else if (action === 'drop') {
        made.delete(key);
      } else if (action === 'rename' && made.delete(key)) {
        made.set(keyOf(effect.to), statement);
      }
    }
  }
  const staying = new Set([...changed, ...made.values(), ...inCase.values()]);
  return up.filter((statement) => staying.has(statement));
}

/** Clauses that leave a table's definition: dumps are full of the first two, the others rebuild, sort or count. */
const UPKEEP = new Set(
  'DISABLE ENABLE ALGORITHM ANALYZE AUTO_INCREMENT CHECK FORCE LOCK OPTIMIZE ORDER REBUILD REPAIR'.split(' '),
);

function altersDefinition(text: string, { object }: Effect): boolean {
  // Of a database's properties more is known: see propertiesLeftByDown.
  if (object.kind !== 'table') return object.kind !== 'database';
  const reader = new TokenReader(tokensOf(text));
  while (reader.peek() && !reader.accept('TABLE')) reader.next();
  reader.accept('IF EXISTS');
  reader.qualifiedName();
  const clauses = reader.list();
  // The commas of such a clause separate names.
  const ofPartitions = keywordOf(clauses[0]?.[1]) === 'PARTITION';
  return (ofPartitions ? clauses.slice(0, 1) : clauses).some((clause) => !isUpkeep(new TokenReader(clause)));
}

function isUpkeep(clause: TokenReader): boolean {
  if (UPKEEP.has(clause.keyword())) return true;
  // How a table is rebuilt, which has had that engine.
  if (!clause.accept('ENGINE')) return false;
  clause.acceptMark('=');
  return clause.keyword() === 'INNODB';
}
