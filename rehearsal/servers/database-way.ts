import type { Database, DatabaseOptions } from './database-types';

/** One way to a database server. */
export interface DatabaseWay {
  /** What it is called in the error that lists what was tried. */
  readonly name: string;
  start(options: DatabaseOptions): Promise<DatabaseFound>;
}

export type DatabaseFound =
  { readonly kind: 'started'; readonly database: Database } | { readonly kind: 'unavailable'; readonly reason: string };
