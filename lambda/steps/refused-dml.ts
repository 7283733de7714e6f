import { ServerError, type Database } from '../ports';
import {
  ER_BAD_DB_ERROR,
  ER_BAD_FIELD_ERROR,
  ER_CLIENT_LOCAL_FILES_DISABLED,
  ER_COLUMNACCESS_DENIED_ERROR,
  ER_DBACCESS_DENIED_ERROR,
  ER_FIELD_SPECIFIED_TWICE,
  ER_GTID_UNSAFE_NON_TRANSACTIONAL_TABLE,
  ER_LOAD_INFILE_CAPABILITY_DISABLED,
  ER_NET_PACKET_TOO_LARGE,
  ER_NON_UNIQ_ERROR,
  ER_NO_SUCH_TABLE,
  ER_PARSE_ERROR,
  ER_PROCACCESS_DENIED_ERROR,
  ER_SP_DOES_NOT_EXIST,
  ER_SP_WRONG_NO_OF_ARGS,
  ER_TABLEACCESS_DENIED_ERROR,
  ER_UNKNOWN_TABLE,
  ER_VIEW_INVALID,
  ER_WRONG_VALUE_COUNT_ON_ROW,
} from '../words/server-error-numbers';

/**
 * Whether the server refused DML before it ran, so that it wrote nothing even where no rollback reaches. Most of what it says
 * then, of a name that it does not know say, may also come from a trigger or a function in the middle of it. So it is asked
 * to prepare the same text, which looks at all that and runs nothing: where that is refused in the same words, it never began.
 */
export async function isRefusedUnrun(
  database: Database,
  text: string,
  { errno, message }: ServerError,
): Promise<boolean> {
  if (NEVER_BEGUN.has(errno)) return true;
  if (!SAID_OF_A_TEXT.has(errno)) return false;
  try {
    await database.execute('SET @refused = ?', [text]);
    await database.write('PREPARE refused FROM @refused');
    await database.write('DEALLOCATE PREPARE refused');
    return false;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return error.errno === errno && error.message === message;
  }
}

/**
 * The tables of a statement, and of all that it calls, are looked at together when they are locked (1785); a file of the
 * client is asked for first; and a text that is too large is not sent.
 * Source: https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-restrictions.html
 */
const NEVER_BEGUN: ReadonlySet<number> = new Set([
  ER_GTID_UNSAFE_NON_TRANSACTIONAL_TABLE,
  ER_CLIENT_LOCAL_FILES_DISABLED,
  ER_LOAD_INFILE_CAPABILITY_DISABLED,
  ER_NET_PACKET_TOO_LARGE,
]);

/** None of them comes and goes by itself, as one of a lock or of the time does. */
const SAID_OF_A_TEXT: ReadonlySet<number> = new Set([
  ER_PARSE_ERROR,
  ER_BAD_DB_ERROR,
  ER_NO_SUCH_TABLE,
  ER_UNKNOWN_TABLE,
  ER_BAD_FIELD_ERROR,
  ER_NON_UNIQ_ERROR,
  ER_FIELD_SPECIFIED_TWICE,
  ER_WRONG_VALUE_COUNT_ON_ROW,
  ER_VIEW_INVALID,
  ER_SP_DOES_NOT_EXIST,
  ER_SP_WRONG_NO_OF_ARGS,
  ER_DBACCESS_DENIED_ERROR,
  ER_TABLEACCESS_DENIED_ERROR,
  ER_COLUMNACCESS_DENIED_ERROR,
  ER_PROCACCESS_DENIED_ERROR,
]);
