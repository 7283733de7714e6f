import { ServerError, type Database } from '../ports';
import { DML_NOT_BEGUN, SAID_OF_A_TEXT } from '../words/server-error-numbers';

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
  if (DML_NOT_BEGUN.has(errno)) return true;
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
