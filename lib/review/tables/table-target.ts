import { TokenReader, type QualifiedName } from '../../../lambda/sql/token-reader';
import { tokensOf } from '../../../lambda/sql/tokens';
import type { StatementUnderReview } from '../statement-under-review';

/** What a statement is about whose cost depends on what it says. */
export interface TableTarget {
  readonly verb: 'ALTER' | 'CREATE' | 'OPTIMIZE';
  readonly tables: readonly QualifiedName[];
}

/** The tables of a statement whose cost depends on what it says; undefined for all others. */
export function targetOf({ text, schema }: StatementUnderReview): TableTarget | undefined {
  const target = targetIn(new TokenReader(tokensOf(text)));
  return target && { verb: target.verb, tables: target.tables.map((table) => ({ schema, ...table })) };
}

function targetIn(reader: TokenReader): TableTarget | undefined {
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
