import type { QualifiedName } from '../../../lambda/sql/token-reader';
import { isMark, keywordOf, tokensOf } from '../../../lambda/sql/tokens';
import type { ColumnDefinitions } from './column-definitions';
import type { MadeObjects } from '../made-objects';
import { readStatement } from './read-statement';
import type { Finding, ReviewCode, StatementUnderReview } from '../statement-under-review';
import { toldTogether } from '../told-together';
import type { ColumnDefinition, TableStatement } from './table-change';
import { costOf } from './table-cost';
import { targetOf } from './table-target';

/** Finds the statements of an up that copy, lock or rebuild a table that others use. */
export class TableReview {
  readonly #down: readonly StatementUnderReview[];
  readonly #definitions: ColumnDefinitions;
  readonly #said = new Map<string, Said>();
  #checksForeignKeys = true;

  /** @param definitions what is known before this migration; they follow it */
  constructor(down: readonly StatementUnderReview[], definitions: ColumnDefinitions) {
    this.#down = down;
    this.#definitions = definitions;
  }

  /** What was said of the statements that were reviewed; of several that are alike, once. */
  get findings(): readonly Finding[] {
    return [...this.#said.values()].map(({ code, problem, statements }) => toldTogether(code, problem, statements));
  }

  /** To be called for each statement in its order: what a SET says holds for those after it, and a column's definition. */
  review(statement: StatementUnderReview, made: MadeObjects): void {
    this.#checksForeignKeys = foreignKeyChecksAfter(statement) ?? this.#checksForeignKeys;
    const target = targetOf(statement);
    const [table] = target?.tables ?? [];
    if (target !== undefined && table !== undefined && !target.tables.every((each) => isMade(each, made))) {
      const read =
        target.verb === 'OPTIMIZE' ? { changes: [{ kind: 'force-rebuild' as const }] } : readStatement(statement.text);
      this.#look(statement, table, read);
    }
    this.#definitions.follow(statement);
  }

  #look(statement: StatementUnderReview, table: QualifiedName, read: TableStatement | undefined): void {
    if (read === undefined) {
      this.#say(
        'unreviewed-statement',
        'the review cannot read it, and so not tell whether it copies or locks the table. Look it up in "Online DDL Operations" of the MySQL manual, or add "ALGORITHM=INPLACE, LOCK=NONE", so that MySQL refuses it if it does',
        statement,
      );
      return;
    }
    const cost = costOf(read, {
      checksForeignKeys: this.#checksForeignKeys,
      definitionBefore: ({ from, to }) => this.#definitions.of(table, from) ?? this.#definitionInDown(table, to),
    });
    if (cost !== undefined) this.#say(cost.code, cost.problem, statement);
  }

  #say(code: ReviewCode, problem: string, statement: StatementUnderReview): void {
    const key = `${code} ${problem}`;
    const { statements = [] } = this.#said.get(key) ?? {};
    this.#said.set(key, { code, problem, statements: [...statements, statement] });
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

/** What is said of one statement or of several. */
interface Said {
  readonly code: ReviewCode;
  readonly problem: string;
  readonly statements: readonly StatementUnderReview[];
}

function isMade(table: QualifiedName, made: MadeObjects): boolean {
  return made.has({ kind: 'table', ...table });
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
