import { createRequire } from 'node:module';
import { isMark, keywordOf, tokensOf } from '../../../lambda/sql/tokens';
import { TokenReader, type QualifiedName } from '../../../lambda/sql/token-reader';
import { ColumnDefinitions } from './column-definitions';
import type { MadeObjects } from '../made-objects';
import { readableStatement } from './readable-statement';
import { finding, type Finding, type StatementUnderReview } from '../statement-under-review';
import type { ColumnDefinition, TableStatement } from './table-change';
import { costOf } from './table-cost';
import type * as tableStatementReader from './table-statement-reader';

/** Finds the statements of an up that copy, lock or rebuild a table that others use. */
export class TableReview {
  readonly #down: readonly StatementUnderReview[];
  readonly #definitions = new ColumnDefinitions();
  #checksForeignKeys = true;

  constructor(down: readonly StatementUnderReview[]) {
    this.#down = down;
  }

  /** To be called for each statement in its order: what a SET says holds for those after it, and a column's definition. */
  review(statement: StatementUnderReview, made: MadeObjects): readonly Finding[] {
    this.#checksForeignKeys = foreignKeyChecksAfter(statement) ?? this.#checksForeignKeys;
    const target = targetOf(statement);
    const [table] = target?.tables ?? [];
    if (!target || !table || target.tables.every((each) => made.has({ kind: 'table', ...each }))) {
      this.#definitions.forget(statement.effects);
      return [];
    }
    const read =
      target.verb === 'OPTIMIZE' ? { changes: [{ kind: 'force-rebuild' as const }] } : readStatement(statement.text);
    const findings = this.#findings(statement, table, read);
    this.#definitions.forget(statement.effects);
    if (read) this.#definitions.note(table, read, statement.effects);
    return findings;
  }

  #findings(
    statement: StatementUnderReview,
    table: QualifiedName,
    read: TableStatement | undefined,
  ): readonly Finding[] {
    if (read === undefined) {
      return [
        finding(
          'unreviewed-statement',
          statement,
          'the review cannot read it, and so not tell whether it copies or locks the table. Look it up in "Online DDL Operations" of the MySQL manual, or add "ALGORITHM=INPLACE, LOCK=NONE", so that MySQL refuses it if it does',
        ),
      ];
    }
    const cost = costOf(read, {
      checksForeignKeys: this.#checksForeignKeys,
      definitionBefore: ({ from, to }) => this.#definitions.of(table, from) ?? this.#definitionInDown(table, to),
    });
    return cost === undefined ? [] : [finding(cost.code, statement, cost.problem)];
  }

  /** A down gives a column the definition back that it had: no other statement says that. */
  #definitionInDown({ name }: QualifiedName, column: string): ColumnDefinition | undefined {
    for (const down of this.#down) {
      const target = targetOf(down);
      if (target?.verb !== 'ALTER' || target.tables[0]?.name !== name) continue;
      for (const change of readStatement(down.text)?.changes ?? []) {
        if (change.kind === 'change-column' && change.from.toLowerCase() === column.toLowerCase())
          return change.definition;
      }
    }
    return undefined;
  }
}

interface Target {
  readonly verb: 'ALTER' | 'CREATE' | 'OPTIMIZE';
  readonly tables: readonly QualifiedName[];
}

/** The tables of a statement whose cost depends on what it says; undefined for all others. */
function targetOf({ text, schema }: StatementUnderReview): Target | undefined {
  const target = targetIn(new TokenReader(tokensOf(text)));
  return target && { verb: target.verb, tables: target.tables.map((table) => ({ schema, ...table })) };
}

function targetIn(reader: TokenReader): Target | undefined {
  if (reader.accept('ALTER')) {
    while (reader.acceptAny('ONLINE', 'IGNORE'));
    if (!reader.accept('TABLE')) return undefined;
    reader.accept('IF EXISTS');
    const table = reader.qualifiedName();
    return table && { verb: 'ALTER', tables: [table] };
  }
  if (reader.accept('OPTIMIZE')) {
    reader.acceptAny('NO_WRITE_TO_BINLOG', 'LOCAL');
    if (!reader.acceptAny('TABLE', 'TABLES')) return undefined;
    const tables = reader.list().flatMap((tokens) => new TokenReader(tokens).qualifiedName() ?? []);
    return { verb: 'OPTIMIZE', tables };
  }
  if (!reader.accept('CREATE')) return undefined;
  reader.accept('OR REPLACE');
  reader.accept('ONLINE');
  reader.acceptAny('UNIQUE', 'FULLTEXT', 'SPATIAL');
  if (!reader.accept('INDEX')) return undefined;
  while (reader.peek() && !reader.accept('ON')) reader.next();
  const table = reader.qualifiedName();
  return table && { verb: 'CREATE', tables: [table] };
}

function readStatement(sql: string): TableStatement | undefined {
  const readable = readableStatement(sql);
  return readable === undefined ? undefined : loadReader().readTableStatement(readable);
}

let loaded: typeof tableStatementReader | undefined;

/** At first use: the parser is large, and many an app has no statement that needs it. */
function loadReader(): typeof tableStatementReader {
  loaded ??= createRequire(__filename)('./table-statement-reader') as typeof tableStatementReader;
  return loaded;
}

/** What a SET makes of foreign_key_checks; undefined where it leaves them. */
function foreignKeyChecksAfter({ kind, text }: StatementUnderReview): boolean | undefined {
  if (kind !== 'session') return undefined;
  const tokens = [...tokensOf(text)].filter((token) => !isMark(token, ':'));
  const index = tokens.findIndex(
    (token, at) => keywordOf(token) === 'FOREIGN_KEY_CHECKS' && isMark(tokens[at + 1], '='),
  );
  if (index < 0) return undefined;
  return !['0', 'OFF', 'FALSE'].includes(tokens[index + 2]?.text.toUpperCase() ?? '');
}
