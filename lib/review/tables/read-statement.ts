import { createRequire } from 'node:module';
import { readableStatement } from './readable-statement';
import type { TableStatement } from './table-change';
import type * as tableStatementReader from './table-statement-reader';

/** Reads an ALTER TABLE or CREATE INDEX as a server has it; undefined where it cannot be read. */
export function readStatement(sql: string): TableStatement | undefined {
  const readable = readableStatement(sql);
  return readable === undefined ? undefined : loadReader().readTableStatement(readable);
}

let loaded: typeof tableStatementReader | undefined;

/** At first use: the parser is large, and many an app has no statement that needs it. */
function loadReader(): typeof tableStatementReader {
  loaded ??= createRequire(__filename)('./table-statement-reader') as typeof tableStatementReader;
  return loaded;
}
