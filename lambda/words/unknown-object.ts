import {
  ER_BAD_FIELD_ERROR,
  ER_BAD_TABLE_ERROR,
  ER_BINLOG_CREATE_ROUTINE_NEED_SUPER,
  ER_CANT_DROP_FIELD_OR_KEY,
  ER_CHECK_CONSTRAINT_NOT_FOUND,
  ER_CONSTRAINT_NOT_FOUND,
  ER_DBACCESS_DENIED_ERROR,
  ER_DB_DROP_EXISTS,
  ER_EVENT_DOES_NOT_EXIST,
  ER_KEY_COLUMN_DOES_NOT_EXIST,
  ER_KEY_DOES_NOT_EXIST,
  ER_NO_SUCH_TABLE,
  ER_PROCACCESS_DENIED_ERROR,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_SP_DOES_NOT_EXIST,
  ER_TABLEACCESS_DENIED_ERROR,
  ER_TRG_DOES_NOT_EXIST,
  ER_UNKNOWN_VIEW,
} from './server-error-numbers';

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
  ER_EVENT_DOES_NOT_EXIST,
  ER_CHECK_CONSTRAINT_NOT_FOUND,
  ER_CONSTRAINT_NOT_FOUND,
  // A server that forbade the step that makes the object forbids the one that drops it, before it looks for the object.
  ER_BINLOG_CREATE_ROUTINE_NEED_SUPER,
  ER_DBACCESS_DENIED_ERROR,
  ER_PROCACCESS_DENIED_ERROR,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_TABLEACCESS_DENIED_ERROR,
]);

const UNKNOWN_OBJECT_OR_VIEW: ReadonlySet<number> = new Set([...UNKNOWN_OBJECT, ER_UNKNOWN_VIEW]);

/**
 * What a down runs into where the step that would have made its object was never done.
 *
 * @param word its first one: MySQL says the number of MariaDB's unknown view of an ALTER TABLE that it refuses
 */
export function unknownObjectErrors(word: string | undefined): ReadonlySet<number> {
  return word === 'DROP' ? UNKNOWN_OBJECT_OR_VIEW : UNKNOWN_OBJECT;
}
