import { type Database, type Row, ServerError } from './ports';

/** The rows of a table that a server may not have, or that its user may not read: then there are none. */
export async function seenOrNone(database: Database, query: string): Promise<readonly Row[]> {
  try {
    return await database.query(query);
  } catch (error) {
    if (error instanceof ServerError) return [];
    throw error;
  }
}
