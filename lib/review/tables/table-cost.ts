import { executionOf, type ChangeKind, type Execution } from './online-ddl';
import {
  changesOfColumn,
  type ColumnChange,
  type ColumnDefinition,
  type TableChange,
  type TableStatement,
} from './table-change';

/** What a statement costs those who use the table. */
export interface TableCost {
  readonly code: 'table-copy' | 'table-lock' | 'table-rebuild';
  readonly problem: string;
}

/** What is known beside the statement itself. */
export interface CostContext {
  /** The statement runs with foreign_key_checks on. */
  readonly checksForeignKeys: boolean;
  /** The definition that a column has before the statement; undefined where it is not known. */
  readonly definitionBefore: (change: ColumnChange) => ColumnDefinition | undefined;
}

/**
 * Tells whether a statement copies, locks or rebuilds its table; undefined if it does not, or if it says by ALGORITHM or
 * LOCK that the server shall refuse it then.
 */
export function costOf(statement: TableStatement, context: CostContext): TableCost | undefined {
  const { algorithm, lock } = statement;
  const executions = kindsOf(statement.changes, context).map(executionOf);
  if (algorithm === 'INSTANT') return undefined;
  if (algorithm === 'COPY') return copies([{ algorithm: 'COPY', what: 'ALGORITHM=COPY' }]);
  if (lock === 'SHARED' || lock === 'EXCLUSIVE') return locks([{ algorithm: 'INPLACE', what: `LOCK=${lock}` }]);

  const mayCopy = algorithm !== 'INPLACE' && lock !== 'NONE';
  const copying = executions.filter((each) => each.algorithm === 'COPY');
  const certain = copying.filter(({ copiesIf }) => copiesIf === undefined);
  if (certain.length > 0) return mayCopy ? copies(certain) : undefined;
  const others = costOfOthers(
    executions.filter((each) => each.algorithm !== 'COPY'),
    statement,
  );
  if (copying.length === 0) return others;
  if (mayCopy) return mayCopyAnd(copying, others);
  return others?.code === 'table-lock' ? others : undefined;
}

/** Of a statement of which it is not certain that it copies, what it costs otherwise. */
function costOfOthers(
  executions: readonly Execution[],
  { algorithm, lock }: Pick<TableStatement, 'algorithm' | 'lock'>,
): TableCost | undefined {
  const locking = executions.filter(({ blocksWrites }) => blocksWrites);
  if (locking.length > 0 && lock !== 'NONE') return locks(locking);
  const rebuilding = rebuildingOf(executions, algorithm);
  const virtual = executions.filter(({ copiesInRebuild }) => copiesInRebuild);
  if (rebuilding.length === 0) return undefined;
  if (virtual.length === 0) return rebuilds(rebuilding, algorithm);
  const instead = 'put the generated column into a statement of its own';
  return algorithm === 'INPLACE' || lock === 'NONE'
    ? undefined
    : copies([...virtual, ...rebuilding.map(({ what }): Execution => ({ algorithm: 'COPY', what, instead }))]);
}

function copies(executions: readonly Execution[]): TableCost {
  return {
    code: 'table-copy',
    problem: `${listOf(executions)} copies the whole table, and writes to it wait until that is done (COPY)${insteadOf(executions)}`,
  };
}

function mayCopyAnd(executions: readonly Execution[], others: TableCost | undefined): TableCost {
  const conditions = [...new Set(executions.map(({ copiesIf }) => copiesIf))].join(', or ');
  const anyway = others === undefined ? '' : `. Even if it does not, ${others.problem}`;
  return {
    code: 'table-copy',
    problem: `this may copy the whole table, while writes to it wait, ${conditions}${insteadOf(executions)}${anyway}`,
  };
}

function locks(executions: readonly Execution[]): TableCost {
  return {
    code: 'table-lock',
    problem: `${listOf(executions)} makes writes to the table wait until it is done${insteadOf(executions)}`,
  };
}

/** A statement is as instant as the least instant of its clauses: one that is not makes the others rebuild. */
function rebuildingOf(executions: readonly Execution[], algorithm: string | undefined): readonly Execution[] {
  const inPlace = algorithm === 'INPLACE' || executions.some((each) => each.algorithm !== 'INSTANT');
  return executions.filter((each) => each.rebuilds && inPlace);
}

function rebuilds(rebuilding: readonly Execution[], algorithm: string | undefined): TableCost {
  const isSplittable = rebuilding.every((each) => each.algorithm === 'INSTANT');
  const why = algorithm === 'INPLACE' ? 'with ALGORITHM=INPLACE' : 'in one statement with what is not instant';
  const advice = algorithm === 'INPLACE' ? 'Leave ALGORITHM out' : 'Put it into a statement of its own';
  return {
    code: 'table-rebuild',
    problem: isSplittable
      ? `${listOf(rebuilding)} ${why} rebuilds the whole table (INPLACE). ${advice}, then it is INSTANT`
      : `${listOf(rebuilding)} rebuilds the whole table (INPLACE; reads and writes go on, but it takes time, input and output, and as much space again)${insteadOf(rebuilding)}`,
  };
}

function listOf(executions: readonly Execution[]): string {
  return [...new Set(executions.map(({ what }) => what))].join(' and ');
}

function insteadOf(executions: readonly Execution[]): string {
  const advice = [...new Set(executions.flatMap(({ instead }) => instead ?? []))];
  return advice.map((each) => `. Better: ${each}`).join('');
}

function kindsOf(changes: readonly TableChange[], context: CostContext): readonly ChangeKind[] {
  const kinds = changes.flatMap((change) => kindsOfChange(change, context));
  if (!kinds.includes('drop-primary-key') || !kinds.includes('add-primary-key')) return kinds;
  const others = kinds.filter((kind) => kind !== 'drop-primary-key' && kind !== 'add-primary-key');
  return [...others, 'replace-primary-key'];
}

function kindsOfChange(change: TableChange, context: CostContext): readonly ChangeKind[] {
  if (!context.checksForeignKeys) {
    if (change.kind === 'add-foreign-key') return ['add-unchecked-foreign-key'];
    if (change.kind === 'add-column-with-reference') return [];
  }
  if (change.kind !== 'change-column') return [change.kind];
  const before = context.definitionBefore(change);
  return before === undefined ? ['change-column'] : changesOfColumn(change, before);
}
