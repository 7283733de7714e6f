/**
 * How MySQL 8.0 changes an InnoDB table, as its manual documents it for 8.0.29 and later; CHECK, hidden indexes and
 * defaults that are expressions, of which its table says nothing, as a server does it. Where a row depends on what only
 * the server knows, the row here is the worse one and says so.
 *
 * https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html
 */

/** How one kind of change is made. */
export interface Execution {
  /** The best algorithm that the server can choose. */
  readonly algorithm: 'INSTANT' | 'INPLACE' | 'COPY';
  /** In place, all rows are written anew. */
  readonly rebuilds?: true;
  /** Writes to the table wait until it is done; so they do with every copy. */
  readonly blocksWrites?: true;
  /** Together with a change that rebuilds, it copies. */
  readonly copiesInRebuild?: true;
  /** It is the worse of what it may come to, and this says when. */
  readonly copiesIf?: string;
  /** What is done, for messages. */
  readonly what: string;
  /** What to do in its place, where there is something better than another time of day. */
  readonly instead?: string;
}

/** A kind of change that one clause of a statement makes to a table. */
export type ChangeKind = keyof typeof CHANGES;

/** How a kind of change is made. */
export function executionOf(kind: ChangeKind): Execution {
  return CHANGES[kind];
}

const IN_PLACE_OR_REFUSED = 'add ", ALGORITHM=INPLACE, LOCK=NONE", so that MySQL refuses it where it would copy';

const CHANGES = {
  'add-index': { algorithm: 'INPLACE', what: 'adding an index' },
  'add-fulltext-index': {
    algorithm: 'INPLACE',
    rebuilds: true,
    blocksWrites: true,
    what: 'adding a FULLTEXT index, which also rebuilds the table if it is its first one',
  },
  'add-spatial-index': { algorithm: 'INPLACE', blocksWrites: true, what: 'adding a SPATIAL index' },
  'drop-index': { algorithm: 'INPLACE', what: 'dropping an index' },
  'rename-index': { algorithm: 'INPLACE', what: 'renaming an index' },
  'change-index-visibility': { algorithm: 'INPLACE', what: 'hiding or showing an index' },
  'add-primary-key': { algorithm: 'INPLACE', rebuilds: true, what: 'adding a primary key' },
  'drop-primary-key': {
    algorithm: 'COPY',
    what: 'dropping the primary key',
    instead: 'add the new primary key in the same statement, which then is in place',
  },
  'replace-primary-key': { algorithm: 'INPLACE', rebuilds: true, what: 'replacing the primary key' },
  'add-column': { algorithm: 'INSTANT', rebuilds: true, what: 'adding a column' },
  'add-auto-increment-column': {
    algorithm: 'INPLACE',
    rebuilds: true,
    blocksWrites: true,
    what: 'adding an AUTO_INCREMENT column',
  },
  'add-stored-column': {
    algorithm: 'COPY',
    what: 'adding a STORED generated column',
    instead: 'make it VIRTUAL, and add an index on it where it is searched',
  },
  'add-virtual-column': { algorithm: 'INSTANT', copiesInRebuild: true, what: 'adding a VIRTUAL generated column' },
  'add-column-with-expression': {
    algorithm: 'COPY',
    what: 'adding a column whose default is an expression',
    instead: 'add it with a constant default or NULL, and set the default and the values after that',
  },
  'add-column-with-reference': {
    algorithm: 'COPY',
    what: 'adding a column with REFERENCES',
    copiesIf:
      'if the server makes a foreign key of REFERENCES behind a column: MySQL 9 and MariaDB do, MySQL 8 reads over it',
    instead: 'leave REFERENCES out, and add the foreign key by a statement of its own, which every server reads alike',
  },
  'drop-column': { algorithm: 'INSTANT', rebuilds: true, what: 'dropping a column' },
  'rename-column': { algorithm: 'INSTANT', what: 'renaming a column' },
  'move-column': {
    algorithm: 'INPLACE',
    rebuilds: true,
    what: 'moving a column',
    instead: 'leave out FIRST and AFTER: the order of columns means nothing to SQL',
  },
  'change-default': { algorithm: 'INSTANT', what: "changing a column's default" },
  'extend-varchar': { algorithm: 'INPLACE', what: 'lengthening a VARCHAR' },
  'extend-varchar-by-charset': {
    algorithm: 'COPY',
    what: 'lengthening a VARCHAR',
    copiesIf:
      "if the length of its values takes two bytes now and took one: the column's character set says that, and utf8mb4 has two from 64 characters on, utf8mb3 from 86, latin1 from 256",
    instead: IN_PLACE_OR_REFUSED,
  },
  'extend-enum': { algorithm: 'INSTANT', what: 'adding members at the end of an ENUM or SET' },
  'change-nullability': { algorithm: 'INPLACE', rebuilds: true, what: 'making a column NULL or NOT NULL' },
  'change-type': {
    algorithm: 'COPY',
    what: "changing a column's type",
    instead: 'add a new column, fill it in batches, and drop the old one a release later',
  },
  'change-column': {
    algorithm: 'COPY',
    what: 'redefining a column',
    copiesIf: "if it changes the column's type: neither the down nor an earlier migration says what that was",
    instead: IN_PLACE_OR_REFUSED,
  },
  'add-foreign-key': {
    algorithm: 'COPY',
    what: 'adding a foreign key while foreign_key_checks is on',
    instead: 'check the rows, then put "SET foreign_key_checks = 0;" before it, which makes it INPLACE and unchecked',
  },
  'add-unchecked-foreign-key': { algorithm: 'INPLACE', what: 'adding a foreign key without checks' },
  'drop-foreign-key': { algorithm: 'INPLACE', what: 'dropping a foreign key' },
  'add-check': {
    algorithm: 'COPY',
    what: 'adding a CHECK that is enforced',
    instead: 'add it NOT ENFORCED, or let the application check',
  },
  'add-unenforced-check': { algorithm: 'INSTANT', what: 'adding a CHECK that is not enforced' },
  'enforce-check': { algorithm: 'COPY', what: 'enforcing a CHECK' },
  'drop-check': { algorithm: 'INSTANT', what: 'dropping a CHECK, or its enforcement' },
  'change-engine': { algorithm: 'INPLACE', rebuilds: true, what: 'setting the ENGINE, even to the one it has,' },
  'change-row-format': { algorithm: 'INPLACE', rebuilds: true, what: 'changing ROW_FORMAT or KEY_BLOCK_SIZE' },
  'force-rebuild': { algorithm: 'INPLACE', rebuilds: true, what: 'FORCE or OPTIMIZE' },
  'change-default-charset': { algorithm: 'INPLACE', what: "changing the table's default character set" },
  'convert-charset': { algorithm: 'COPY', what: 'converting the character set' },
  'change-metadata': { algorithm: 'INPLACE', what: 'changing an option that is metadata only' },
  'encrypt-table': { algorithm: 'COPY', what: 'changing the encryption of a table' },
  'rename-table': { algorithm: 'INSTANT', what: 'renaming the table' },
  'order-rows': { algorithm: 'COPY', what: 'ORDER BY' },
  'add-partition': { algorithm: 'INPLACE', what: 'adding a RANGE or LIST partition' },
  'drop-partition': { algorithm: 'INPLACE', what: 'dropping or emptying a partition' },
  'rewrite-partitions': {
    algorithm: 'INPLACE',
    blocksWrites: true,
    what: 'coalescing, reorganizing, rebuilding, optimizing or repairing partitions',
  },
  'remove-partitioning': { algorithm: 'COPY', what: 'partitioning a table or removing its partitioning' },
} as const satisfies Readonly<Record<string, Execution>>;
