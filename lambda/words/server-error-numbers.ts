/**
 * Numbers of the errors of MySQL and MariaDB that decide anything here, by the servers' own names for them.
 * Sources: "Server Error Message Reference" of MySQL, "Error Codes" of MariaDB.
 */
export const ER_DB_DROP_EXISTS = 1008;
export const ER_DISK_FULL = 1021;
export const ER_DBACCESS_DENIED_ERROR = 1044;
export const ER_BAD_DB_ERROR = 1049;
export const ER_TABLE_EXISTS_ERROR = 1050;
export const ER_BAD_TABLE_ERROR = 1051;
export const ER_NON_UNIQ_ERROR = 1052;
export const ER_SERVER_SHUTDOWN = 1053;
export const ER_BAD_FIELD_ERROR = 1054;
export const ER_TOO_LONG_IDENT = 1059;
export const ER_PARSE_ERROR = 1064;
export const ER_KEY_COLUMN_DOES_NOT_EXIST = 1072;
export const ER_CANT_DROP_FIELD_OR_KEY = 1091;
export const ER_NO_SUCH_THREAD = 1094;
export const ER_WRONG_DB_NAME = 1102;
export const ER_WRONG_TABLE_NAME = 1103;
/** Also of a table of information_schema that this server has not. */
export const ER_UNKNOWN_TABLE = 1109;
export const ER_FIELD_SPECIFIED_TWICE = 1110;
/** A table is full: the disk is, or what a MEMORY table may take, or the tablespace. */
export const ER_RECORD_FILE_FULL = 1114;
export const ER_WRONG_VALUE_COUNT_ON_ROW = 1136;
/** Also of a table that is not there: privileges are looked at first. */
export const ER_TABLEACCESS_DENIED_ERROR = 1142;
export const ER_COLUMNACCESS_DENIED_ERROR = 1143;
export const ER_NO_SUCH_TABLE = 1146;
export const ER_NOT_ALLOWED_COMMAND = 1148;
/** The server closes the connection afterwards. */
export const ER_NET_PACKET_TOO_LARGE = 1153;
export const ER_KEY_DOES_NOT_EXIST = 1176;
export const ER_UNKNOWN_SYSTEM_VARIABLE = 1193;
/** The server rolls back the statement, or where it is set up so, the transaction. */
export const ER_LOCK_WAIT_TIMEOUT = 1205;
/** The server chose the transaction as the victim, and rolled it back. */
export const ER_LOCK_DEADLOCK = 1213;
export const ER_SPECIFIC_ACCESS_DENIED_ERROR = 1227;
export const ER_GLOBAL_VARIABLE = 1229;
export const ER_INCORRECT_GLOBAL_LOCAL_VAR = 1238;
/** An option forbids the statement; `read-only` is one of them. */
export const ER_OPTION_PREVENTS_STATEMENT = 1290;
/** MariaDB's for a name that has a character which no name can have. */
export const ER_INVALID_CHARACTER_STRING = 1300;
export const ER_SP_DOES_NOT_EXIST = 1305;
export const ER_QUERY_INTERRUPTED = 1317;
export const ER_SP_WRONG_NO_OF_ARGS = 1318;
/** A view where a table is meant, say. */
export const ER_WRONG_OBJECT = 1347;
/** A view whose tables are gone: it has no definition that can be shown. */
export const ER_VIEW_INVALID = 1356;
export const ER_TRG_DOES_NOT_EXIST = 1360;
/** An account that is there already, or is not there. */
export const ER_CANNOT_USER = 1396;
/** An XA transaction is open. */
export const ER_XAER_RMFAIL = 1399;
export const ER_PROCACCESS_DENIED_ERROR = 1370;
/** A trigger or routine, where there is a binary log and the user is no administrator (log_bin_trust_function_creators). */
export const ER_BINLOG_CREATE_ROUTINE_NEED_SUPER = 1419;
export const ER_SP_WRONG_NAME = 1458;
export const ER_PARTITION_MGMT_ON_NONPARTITIONED = 1505;
export const ER_DROP_PARTITION_NON_EXISTENT = 1507;
/** Also of a partition that is not there, where the table has one alone. */
export const ER_DROP_LAST_PARTITION = 1508;
export const ER_EVENT_DOES_NOT_EXIST = 1539;
export const ER_DATA_OUT_OF_RANGE = 1690;
/** MySQL's: one statement that would write to tables with transactions and to others, where each one has a GTID. */
export const ER_GTID_UNSAFE_NON_TRANSACTIONAL_TABLE = 1785;
export const ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION = 1792;
export const ER_READ_ONLY_MODE = 1836;
export const ER_INNODB_READ_ONLY = 1874;
export const ER_TEMP_FILE_WRITE_FAILURE = 1878;
export const ER_CONNECTION_KILLED = 1927;
export const ER_SESSION_WAS_KILLED = 3169;
export const ER_DISK_FULL_NOWAIT = 3675;
export const ER_CHECK_CONSTRAINT_NOT_FOUND = 3821;
export const ER_CONSTRAINT_NOT_FOUND = 3940;
export const ER_CLIENT_LOCAL_FILES_DISABLED = 3948;
/** MySQL's. MariaDB has this number for a trigger that is to follow one which is not there. */
export const ER_CLIENT_INTERACTION_TIMEOUT = 4031;
/** MariaDB's. */
export const ER_UNKNOWN_SEQUENCES = 4091;
/** MariaDB's. MySQL has this number for a table of which no more columns can be added or dropped instantly. */
export const ER_UNKNOWN_VIEW = 4092;
export const ER_LOAD_INFILE_CAPABILITY_DISABLED = 4166;

/** Whether MariaDB has an error under this number that MySQL does not know, or knows as another one. */
export function isOfMariaDb(errno: number): boolean {
  return (errno >= 1900 && errno < 2000) || errno >= 3000;
}

/** The server, or InnoDB in it, takes no writes. */
export const READ_ONLY: ReadonlySet<number> = new Set([ER_READ_ONLY_MODE, ER_INNODB_READ_ONLY]);

/** Errors with which the server ends the session: shutdown, a packet that is too large, KILL. */
export const SESSION_ENDED: ReadonlySet<number> = new Set([
  ER_SERVER_SHUTDOWN,
  ER_NET_PACKET_TOO_LARGE,
  ER_CONNECTION_KILLED,
  ER_SESSION_WAS_KILLED,
]);

/** The server would have the client send a file, or may not ask for one. By MySQL 5.7, MySQL 8, MariaDB. */
export const NO_LOCAL_FILES: ReadonlySet<number> = new Set([
  ER_NOT_ALLOWED_COMMAND,
  ER_CLIENT_LOCAL_FILES_DISABLED,
  ER_LOAD_INFILE_CAPABILITY_DISABLED,
]);

/** A database is not dropped: there is no such one, or no right to. */
export const DATABASE_NOT_DROPPED: ReadonlySet<number> = new Set([
  ER_DB_DROP_EXISTS,
  ER_DBACCESS_DENIED_ERROR,
  ER_BAD_DB_ERROR,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
]);

/** The procedure is not there, has other parameters, or may not be run: said of the one that is called, or of one in it. */
export const PROCEDURE_NOT_BEGUN: ReadonlySet<number> = new Set([
  ER_SP_DOES_NOT_EXIST,
  ER_SP_WRONG_NO_OF_ARGS,
  ER_PROCACCESS_DENIED_ERROR,
]);

/**
 * DML that never began. The tables of a statement, and of all that it calls, are looked at together when they are locked (1785); a
 * file of the client is asked for first; and a text that is too large is not sent.
 * Source: https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-restrictions.html
 */
export const DML_NOT_BEGUN: ReadonlySet<number> = new Set([
  ER_GTID_UNSAFE_NON_TRANSACTIONAL_TABLE,
  ER_CLIENT_LOCAL_FILES_DISABLED,
  ER_LOAD_INFILE_CAPABILITY_DISABLED,
  ER_NET_PACKET_TOO_LARGE,
]);

/** Said of a statement's text, or of one that it leads to. None of them comes and goes by itself, as one of a lock or of the time does. */
export const SAID_OF_A_TEXT: ReadonlySet<number> = new Set([
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

/** What a server says where it has no room. */
export const NO_ROOM = [ER_DISK_FULL, ER_RECORD_FILE_FULL, ER_TEMP_FILE_WRITE_FAILURE, ER_DISK_FULL_NOWAIT] as const;

/** There is no such table, or it lacks such a column. */
export const NOT_THERE: ReadonlySet<number> = new Set([ER_NO_SUCH_TABLE, ER_BAD_FIELD_ERROR]);

/** No server holds anything by such a name, and so none is looked for. */
export const IMPOSSIBLE_NAME = [
  ER_TOO_LONG_IDENT,
  ER_WRONG_DB_NAME,
  ER_WRONG_TABLE_NAME,
  ER_INVALID_CHARACTER_STRING,
  ER_SP_WRONG_NAME,
] as const;

const UNKNOWN_OBJECT: ReadonlySet<number> = new Set([
  ER_DB_DROP_EXISTS,
  ER_BAD_TABLE_ERROR,
  ER_BAD_FIELD_ERROR,
  ER_KEY_COLUMN_DOES_NOT_EXIST,
  ER_CANT_DROP_FIELD_OR_KEY,
  ER_NO_SUCH_TABLE,
  ER_KEY_DOES_NOT_EXIST,
  ER_SP_DOES_NOT_EXIST,
  ER_TRG_DOES_NOT_EXIST,
  ER_PARTITION_MGMT_ON_NONPARTITIONED,
  ER_DROP_PARTITION_NON_EXISTENT,
  ER_DROP_LAST_PARTITION,
  ER_EVENT_DOES_NOT_EXIST,
  ER_CHECK_CONSTRAINT_NOT_FOUND,
  ER_CONSTRAINT_NOT_FOUND,
  // A server that forbade the step that makes the object forbids the one that drops it, before it looks for the object.
  ER_BINLOG_CREATE_ROUTINE_NEED_SUPER,
  ER_DBACCESS_DENIED_ERROR,
  ER_PROCACCESS_DENIED_ERROR,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_TABLEACCESS_DENIED_ERROR,
  ER_WRONG_OBJECT,
  // Nor does it read a name, such as a reserved word, that it did not read in the step.
  ER_PARSE_ERROR,
  ...IMPOSSIBLE_NAME,
]);

/**
 * What a down runs into where the step that would have made its object was never done.
 *
 * @param word its first one: MySQL says the number of MariaDB's unknown view of an ALTER TABLE that it refuses
 */
export function unknownObjectErrors(word: string | undefined): ReadonlySet<number> {
  return word === 'DROP' ? new Set([...UNKNOWN_OBJECT, ER_UNKNOWN_VIEW, ER_UNKNOWN_SEQUENCES]) : UNKNOWN_OBJECT;
}
