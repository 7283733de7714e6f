import type { Certificates } from './certificates';
import type { ServerProgram } from './server-program';

/** A database server that rehearsals and tests may use. */
export interface Database {
  readonly kind: 'mariadb' | 'mysql';
  readonly version: string;
  /** Whether it offers TLS: one that was only found need not, and then no function connects to it. */
  readonly hasTls: boolean;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** PEM file with the authority of the server's certificate; absent where the server's URL does not name one. */
  readonly caFile?: string;
  /** The same as a URL, fit for `REHEARSAL_DATABASE_URL` of another process. Holds the password. */
  readonly url: string;
  /** Whether we started this server and may throw away what is in it. */
  readonly ownServer: boolean;
  /** What runs it, for whoever needs another one like it; absent where we did not start it ourselves. */
  readonly program?: ServerProgram;
  /** Ends the server and removes its files; does nothing to a server that was only found. */
  stop(): Promise<void>;
  /** Kills the server as a crash would; its data stay. */
  kill(): Promise<void>;
  /** Starts the server again on its data, after {@link kill} or without it, on the same port. */
  restart(): Promise<void>;
}

export interface DatabaseOptions {
  /**
   * Password of the server's root user.
   * @default - a random one
   */
  readonly password?: string;
  /**
   * More arguments for a server that is started.
   * @default - none
   */
  readonly args?: readonly string[];
  /**
   * Whether durability is given up for speed.
   * @default false
   */
  readonly fast?: boolean;
  /**
   * Certificates to use.
   * @default - new ones
   */
  readonly certificates?: Certificates;
}

/** One way to a database server. */
export interface DatabaseWay {
  /** What it is called in the error that lists what was tried. */
  readonly name: string;
  start(options: DatabaseOptions): Promise<DatabaseFound>;
}

export type DatabaseFound =
  { readonly kind: 'started'; readonly database: Database } | { readonly kind: 'unavailable'; readonly reason: string };
