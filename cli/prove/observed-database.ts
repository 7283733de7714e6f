import { writeOneByOne } from '../../lambda/edges/database/multi-statements';
import type { Database, Written } from '../../lambda/ports';
import { ServerError } from '../../lambda/ports';

/** What the server refused. */
export interface Refusal {
  readonly statement: string;
  readonly error: ServerError;
}

/** The function's process is gone: whatever it asks for from then on, nobody hears. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** Where the function dies: once so many of these statements were carried out, before it learns of it. */
export interface Death {
  readonly statements: readonly string[];
  readonly after: number;
  /** Ends its session, as the end of a process does. */
  readonly happens: () => void;
}

/** The function's session, which is looked at, and dies where it is to. Statements that are refused are noted in `refusals`. */
export function observed(database: Database, refusals: Refusal[], death: Death | null): Database {
  let done = 0;
  let isDead = false;
  const alive = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isDead) throw new Died();
    return work();
  };
  const write = async (statement: string): Promise<Written> => {
    let written: Written;
    try {
      written = await database.write(statement);
    } catch (error) {
      if (error instanceof ServerError) refusals.push({ statement, error });
      throw error;
    }
    if (death === null || statement !== death.statements[done]) return written;
    done += 1;
    if (done < death.after) return written;
    isDead = true;
    death.happens();
    throw new Died();
  };
  return {
    name: database.name,
    packets: database.packets,
    query: (sql) => alive(() => database.query(sql)),
    write: (sql) => alive(() => write(sql)),
    execute: (sql, parameters) => alive(() => execute(database, refusals, sql, parameters)),
    readTogether: (statements) => alive(() => database.readTogether(statements)),
    writeTogether: (statements, answered) => alive(() => writeOneByOne(write, statements, answered)),
  };
}

async function execute(
  database: Database,
  refusals: Refusal[],
  statement: string,
  parameters: readonly unknown[],
): Promise<unknown> {
  try {
    return await database.execute(statement, parameters);
  } catch (error) {
    if (error instanceof ServerError) refusals.push({ statement, error });
    throw error;
  }
}
