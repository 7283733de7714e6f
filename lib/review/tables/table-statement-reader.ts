import * as grammar from 'dt-sql-parser/dist/lib/mysql/MySqlParser.js';
import { MySQL } from 'dt-sql-parser/dist/parser/mysql/index.js';
import type { AddedColumn, ColumnDefinition, TableChange, TableStatement } from './table-change';

// Loaded when the first such statement is met, and bundled with the parser into one file when the package is built: see
// scripts/bundle-parser.mjs. It therefore imports nothing of ours but types.

const parser = new MySQL();

/** ANTLR's number for the end of the text. */
const END = -1;

/** Parses an ALTER TABLE or CREATE INDEX; undefined where the grammar does not know what it says. */
export function readTableStatement(sql: string): TableStatement | undefined {
  let errors = 0;
  const parse = parser.createParser(sql, () => (errors += 1));
  const isAlter = parse.inputStream.LA(1) === grammar.MySqlParser.KW_ALTER;
  const tree = isAlter ? parse.alterTable() : parse.createIndex();
  if (errors > 0 || parse.inputStream.LA(1) !== END) return undefined;
  return tree instanceof grammar.AlterTableContext ? readAlterTable(tree) : readCreateIndex(tree);
}

function readCreateIndex(index: grammar.CreateIndexContext): TableStatement {
  return {
    changes: [
      {
        kind: index.KW_FULLTEXT() ? 'add-fulltext-index' : index.KW_SPATIAL() ? 'add-spatial-index' : 'add-index',
      },
    ],
    algorithm: index._algType?.text?.toUpperCase(),
    lock: index._lockType?.text?.toUpperCase(),
  };
}

function readAlterTable(alter: grammar.AlterTableContext): TableStatement | undefined {
  const changes: TableChange[] = [];
  const added: AddedColumn[] = [];
  let algorithm: string | undefined;
  let lock: string | undefined;
  for (const clause of alter.alterOption()) {
    if (clause instanceof grammar.AlterBySetAlgorithmContext) {
      algorithm = lastWord(clause);
    } else if (clause instanceof grammar.AlterByLockContext) {
      lock = lastWord(clause);
    } else {
      const read = changesOf(clause);
      if (read === undefined) return undefined;
      changes.push(...read);
      added.push(...columnsAdded(clause));
    }
  }
  for (const clause of alter.alterPartitionSpecification()) {
    const read = changesOfPartitions(clause);
    if (read === undefined) return undefined;
    changes.push(...read);
  }
  return { changes, added, algorithm, lock };
}

function columnsAdded(clause: grammar.AlterOptionContext): readonly AddedColumn[] {
  // Behind FIRST or AFTER stands the name of another.
  if (clause instanceof grammar.AlterByAddColumnContext)
    return namedColumns(clause.columnName(), [clause.columnDefinition()]);
  if (clause instanceof grammar.AlterByAddColumnsContext)
    return namedColumns(clause.columnName(), clause.columnDefinition());
  return [];
}

function namedColumns(
  names: readonly grammar.ColumnNameContext[],
  definitions: readonly grammar.ColumnDefinitionContext[],
): readonly AddedColumn[] {
  return definitions.flatMap((definition, index) => {
    const name = names[index];
    return name ? [{ name: nameOf(name), definition: definitionOf(definition) }] : [];
  });
}

function lastWord(clause: grammar.AlterOptionContext): string | undefined {
  return clause.stop?.text?.toUpperCase();
}

/** What one clause does; undefined where it is none that we know. */
function changesOf(clause: grammar.AlterOptionContext): readonly TableChange[] | undefined {
  if (clause instanceof grammar.AlterByAddColumnContext) return columnAdded(clause.columnDefinition());
  if (clause instanceof grammar.AlterByAddColumnsContext) return clause.columnDefinition().flatMap(columnAdded);
  if (clause instanceof grammar.AlterByModifyColumnContext) {
    const [name] = clause.columnName();
    return name && [columnChanged(clause, nameOf(name), nameOf(name))];
  }
  if (clause instanceof grammar.AlterByChangeColumnContext) {
    const [name] = clause.columnName();
    return name && [columnChanged(clause, nameOf(name), nameOf(clause.columnNameCreate()))];
  }
  if (clause instanceof grammar.AlterByAddSpecialIndexContext) {
    return [{ kind: clause.KW_FULLTEXT() ? 'add-fulltext-index' : 'add-spatial-index' }];
  }
  if (clause instanceof grammar.AlterByAddCheckTableConstraintContext) {
    return [{ kind: /NOT\s*ENFORCED$/i.test(clause.getText()) ? 'add-unenforced-check' : 'add-check' }];
  }
  if (clause instanceof grammar.AlterByAlterCheckTableConstraintContext) {
    return [{ kind: clause.KW_NOT() ? 'drop-check' : 'enforce-check' }];
  }
  if (clause instanceof grammar.AlterByTableOptionContext) return clause.tableOption().flatMap(optionChanged);
  if (clause instanceof grammar.AlterPartitionContext) return changesOfPartitions(clause.alterPartitionSpecification());
  return changeIn(CLAUSES, clause);
}

function changesOfPartitions(clause: grammar.AlterPartitionSpecificationContext): readonly TableChange[] | undefined {
  return changeIn(PARTITION_CLAUSES, clause);
}

/** What the kind of a clause says, whatever else stands in it; null: it changes nothing. */
type ClauseChanges = readonly (readonly [
  clause: abstract new (...args: never[]) => unknown,
  kind: Exclude<TableChange['kind'], 'change-column'> | null,
])[];

function changeIn(changes: ClauseChanges, clause: unknown): readonly TableChange[] | undefined {
  const found = changes.find(([of]) => clause instanceof of);
  if (found === undefined) return undefined;
  const [, kind] = found;
  return kind === null ? [] : [{ kind }];
}

const CLAUSES: ClauseChanges = [
  [grammar.AlterByDropColumnContext, 'drop-column'],
  [grammar.AlterByRenameColumnContext, 'rename-column'],
  [grammar.AlterByAlterColumnDefaultContext, 'change-default'],
  [grammar.AlterByAddIndexContext, 'add-index'],
  [grammar.AlterByAddUniqueKeyContext, 'add-index'],
  [grammar.AlterByDropIndexContext, 'drop-index'],
  [grammar.AlterByRenameIndexContext, 'rename-index'],
  [grammar.AlterByAlterIndexVisibilityContext, 'change-index-visibility'],
  [grammar.AlterByAddPrimaryKeyContext, 'add-primary-key'],
  [grammar.AlterByDropPrimaryKeyContext, 'drop-primary-key'],
  [grammar.AlterByAddForeignKeyContext, 'add-foreign-key'],
  [grammar.AlterByDropForeignKeyContext, 'drop-foreign-key'],
  [grammar.AlterByDropConstraintCheckContext, 'drop-check'],
  [grammar.AlterByConvertCharsetContext, 'convert-charset'],
  [grammar.AlterByDefaultCharsetContext, 'change-default-charset'],
  [grammar.AlterByRenameContext, 'rename-table'],
  [grammar.AlterByForceContext, 'force-rebuild'],
  [grammar.AlterByOrderContext, 'order-rows'],
  [grammar.AlterKeysContext, null],
  [grammar.AlterByValidateContext, null],
];

const PARTITION_CLAUSES: ClauseChanges = [
  [grammar.AlterByAddPartitionContext, 'add-partition'],
  [grammar.AlterByDropPartitionContext, 'drop-partition'],
  [grammar.AlterByTruncatePartitionContext, 'drop-partition'],
  [grammar.AlterByRemovePartitioningContext, 'remove-partitioning'],
  [grammar.AlterByCoalescePartitionContext, 'rewrite-partitions'],
  [grammar.AlterByReorganizePartitionContext, 'rewrite-partitions'],
  [grammar.AlterByRebuildPartitionContext, 'rewrite-partitions'],
  [grammar.AlterByOptimizePartitionContext, 'rewrite-partitions'],
  [grammar.AlterByRepairPartitionContext, 'rewrite-partitions'],
  [grammar.AlterByAnalyzePartitionContext, null],
  [grammar.AlterByCheckPartitionContext, null],
  [grammar.AlterByExchangePartitionContext, null],
];

function columnAdded(definition: grammar.ColumnDefinitionContext): readonly TableChange[] {
  const has = (kind: abstract new (...args: never[]) => unknown): boolean =>
    definition.columnConstraint().some((constraint) => constraint instanceof kind);
  const generated = definition
    .columnConstraint()
    .find((constraint) => constraint instanceof grammar.GeneratedColumnConstraintContext);
  const expression = definition
    .columnConstraint()
    .some(
      (each) => each instanceof grammar.DefaultColumnConstraintContext && each.defaultValue().expression() !== null,
    );
  return [
    {
      kind: generated
        ? generated.KW_STORED()
          ? 'add-stored-column'
          : 'add-virtual-column'
        : definition.columnConstraint().some(countsUp)
          ? 'add-auto-increment-column'
          : expression
            ? 'add-column-with-expression'
            : 'add-column',
    },
    ...(has(grammar.PrimaryKeyColumnConstraintContext) ? [{ kind: 'add-primary-key' as const }] : []),
    ...(has(grammar.UniqueKeyColumnConstraintContext) ? [{ kind: 'add-index' as const }] : []),
    ...(has(grammar.CheckExprContext) ? [{ kind: 'add-check' as const }] : []),
    ...(has(grammar.ReferenceColumnConstraintContext) ? [{ kind: 'add-column-with-reference' as const }] : []),
  ];
}

/** The grammar has ON UPDATE CURRENT_TIMESTAMP under the same name. */
function countsUp(constraint: grammar.ColumnConstraintContext): boolean {
  return constraint instanceof grammar.AutoIncrementColumnConstraintContext && constraint.KW_AUTO_INCREMENT() !== null;
}

function columnChanged(
  clause: grammar.AlterByModifyColumnContext | grammar.AlterByChangeColumnContext,
  from: string,
  to: string,
): TableChange {
  const moves = clause.KW_FIRST() !== null || clause.KW_AFTER() !== null;
  return { kind: 'change-column', from, to, definition: definitionOf(clause.columnDefinition()), moves };
}

function definitionOf(definition: grammar.ColumnDefinitionContext): ColumnDefinition {
  const constraints = definition.columnConstraint();
  const isDefault = (each: grammar.ColumnConstraintContext): boolean =>
    each instanceof grammar.DefaultColumnConstraintContext;
  const isNull = (each: grammar.ColumnConstraintContext): boolean =>
    each instanceof grammar.NullColumnConstraintContext;
  const [explicitDefault] = constraints.filter(isDefault).map(textOf);
  return {
    type: textOf(definition.dataType()),
    nullable: !constraints.some((each) => isNull(each) && textOf(each).startsWith('not')),
    // To say that it is NULL is to say nothing.
    default: explicitDefault === 'defaultnull' ? undefined : explicitDefault,
    attributes: constraints
      .filter(
        (each) => !isDefault(each) && !isNull(each) && !(each instanceof grammar.UniqueKeyColumnConstraintContext),
      )
      .map(textOf)
      .sort(),
  };
}

function optionChanged(option: grammar.TableOptionContext): TableChange {
  if (option instanceof grammar.TableOptionEngineContext) return { kind: 'change-engine' };
  if (option instanceof grammar.TableOptionRowFormatContext) return { kind: 'change-row-format' };
  if (option instanceof grammar.TableOptionKeyBlockSizeContext) return { kind: 'change-row-format' };
  if (option instanceof grammar.TableOptionEncryptionContext) return { kind: 'encrypt-table' };
  if (option instanceof grammar.TableOptionCharsetContext) return { kind: 'change-default-charset' };
  if (option instanceof grammar.TableOptionCollateContext) return { kind: 'change-default-charset' };
  return { kind: 'change-metadata' };
}

function nameOf(context: { getText(): string }): string {
  return context.getText().replace(/^`(.*)`$/s, (_, name: string) => name.replaceAll('``', '`'));
}

/** A node's text without blanks, in small letters but for strings. */
function textOf(context: { getText(): string }): string {
  return context
    .getText()
    .replace(/'(?:[^'\\]|\\.|'')*'|[^']+/gs, (part) => (part.startsWith("'") ? part : part.toLowerCase()));
}
