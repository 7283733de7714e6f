import { TokenReader } from '../../lambda/sql/token-reader';
import { isMark, tokensOf } from '../../lambda/sql/tokens';

/** Variables of the server that mysqldump writes where it has transaction ids; Aurora lets no account set them. */
const OF_THE_SERVER = ['GTID_PURGED', 'SQL_LOG_BIN'];

/**
 * Says how to make a dump without what belongs to the server that it was taken from, where a statement is such: its
 * transaction ids, its binary log, its place as a replica. Undefined for all others.
 */
export function dumpedServer(statement: string): string | undefined {
  const reader = new TokenReader(tokensOf(statement));
  if (reader.accept('CHANGE')) {
    return reader.acceptAny('MASTER', 'REPLICATION')
      ? problemWith('CHANGE REPLICATION SOURCE', 'without --source-data and --dump-replica (MariaDB: --master-data)')
      : undefined;
  }
  if (!reader.accept('SET') || !/gtid_purged|sql_log_bin/i.test(statement)) return undefined;
  for (const tokens of reader.list()) {
    const equals = tokens.findIndex((token) => isMark(token, '='));
    const set = tokens.slice(0, equals).map(({ text }) => text.toUpperCase());
    const variable = OF_THE_SERVER.find((name) => set.includes(name));
    if (variable !== undefined) return problemWith(variable, 'with --set-gtid-purged=OFF');
  }
  return undefined;
}

function problemWith(what: string, how: string): string {
  return `${what} belongs to the server that a dump was taken from, and Aurora lets no account set it: dump ${how}, or take the statement out`;
}
