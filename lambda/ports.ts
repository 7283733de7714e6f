import type { SnapshotWhen } from './plan/plan-snapshot';

/** A row as the server sent it. */
export type Row = Readonly<Record<string, string | number | Buffer | null>>;

/** The one session that does all the work of a run, and holds the lock. */
export interface Database {
  /** The database that is migrated and holds the journal. */
  readonly name: string;
  /** What the server takes at once. A larger statement is refused with a {@link ServerError}, and not sent. */
  readonly packets: Packets;
  /** Runs one statement as it is and gives its rows; none for a statement that gives none. */
  query(sql: string): Promise<readonly Row[]>;
  /** Runs one writing statement as it is. */
  write(sql: string): Promise<Written>;
  /** Runs one statement, with parameters or without, and gives the answer as it is: for a JavaScript migration. */
  execute(sql: string, parameters: readonly unknown[]): Promise<unknown>;
  /**
   * Runs many statements that only read, many to a packet, and gives the rows of each; null where the server does not take
   * that, or refuses one of them: they are to be run one by one.
   */
  readTogether(statements: readonly string[]): Promise<readonly (readonly Row[])[] | null>;
  /**
   * Runs writing statements one after another, in one packet where the server takes that, until it refuses one. `answered` is
   * told of each as it is done. None may hold a second statement.
   */
  writeTogether(statements: readonly string[], answered: (written: Written) => void): Promise<void>;
}

/** `max`: the session's max_allowed_packet, in bytes; Infinity until somebody has asked for it. */
export interface Packets {
  max: number;
}

/** The server's answer to a writing statement. */
export interface Written {
  /** Rows that it inserted, deleted or found for an update, changed or not. */
  readonly found: number;
  /** The AUTO_INCREMENT value that it made; 0 where it made none. */
  readonly insertId: number;
}

/** The server refused a statement. The session goes on. */
export class ServerError extends Error {
  override readonly name = 'ServerError';

  constructor(
    /** Such as `ER_DUP_FIELDNAME`. */
    readonly code: string,
    readonly errno: number,
    message: string,
  ) {
    super(message);
  }

  /** The error as an administrator would write it down. */
  get summary(): string {
    return `${this.code} (${this.errno}): ${this.message}`;
  }
}

/**
 * The session is gone, and with it the lock. The statement that ran may have happened or not, so nothing goes on from
 * memory: connect, take the lock, read history anew.
 */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  /** The step whose statement ran, as messages name it; null where it was something else. */
  where: string | null = null;
}

/** The scripts in the function's own code. */
export interface OwnScripts {
  /** The stored form of a migration's script, as JSON text. Throws for a name that the manifest lacks. */
  text(name: string): string;
  /** The statements of an up that is too large to be stored. Throws for a name that has none. */
  largeUp(name: string): readonly string[];
  /** Makes functions of a JavaScript migration's source. */
  module(name: string, source: string): MigrationModule;
}

/** A JavaScript migration. */
export interface MigrationModule {
  readonly up: (context: MigrationContext) => Promise<void>;
  readonly down?: (context: MigrationContext) => Promise<void>;
}

/** What a JavaScript migration is given. */
export interface MigrationContext {
  /** Runs one statement and gives its rows, or the server's answer to a writing one. See the library's type of this name. */
  readonly query: (sql: string, parameters?: readonly unknown[]) => Promise<unknown>;
}

/** One line of the function's log. Never a secret, a ResponseURL or a statement. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Each line has these by itself. */
type NotOwn = { readonly [Own in 'level' | 'message' | 'timestamp' | 'service']?: never };

export interface Log {
  info(message: string, fields?: LogFields & NotOwn): void;
  warn(message: string, fields?: LogFields & NotOwn): void;
  error(message: string, fields?: LogFields & NotOwn): void;
}

/** Time, as the function has it. Milliseconds. */
export interface Clock {
  now(): number;
  /** Until Lambda kills the process. */
  remaining(): number;
  /** Whether a person ended the run, so that no time is left. Absent where nobody can, as in the function. */
  readonly isStopped?: () => boolean;
  sleep(ms: number): Promise<void>;
}

/** Snapshots of the cluster or the instance that holds the database. */
export interface Snapshots {
  /** Before which runs one is wanted. */
  readonly when: SnapshotWhen;
  /** What became of a snapshot. */
  look(name: string): Promise<SnapshotState>;
  /** Begins to take one. One that is there under the same name stays as it is. */
  take(name: string): Promise<SnapshotState>;
}

/** What is known of a snapshot. */
export type SnapshotState =
  | { readonly kind: 'absent' | 'creating' | 'available' }
  /** It cannot be taken or told at the moment. */
  | { readonly kind: 'passing'; readonly problem: string }
  /** There will be none. */
  | { readonly kind: 'failed'; readonly problem: string };
