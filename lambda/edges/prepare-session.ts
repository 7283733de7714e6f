import { ServerError, type Row } from '../ports';
import { LOOK, lookAt, SET_STATE, SINGLE_SETS, type SessionLook } from '../session/session-state';
import { ER_UNKNOWN_SYSTEM_VARIABLE } from '../words/server-error-numbers';

/** Puts a new session into the state that all sessions of the function have, and looks whether it took: two round trips. */
export async function prepareSession(run: (statement: string) => Promise<unknown>): Promise<SessionLook> {
  try {
    await run(SET_STATE);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const refusal = await setOneByOne(run);
    if (refusal !== null) return { obstacle: refusal, isReader: false, leftOut: [] };
  }
  const [row] = (await run(LOOK)) as readonly Row[];
  return lookAt(row ?? {});
}

/** A server that lacks one of the variables sets none of the others either. What it refuses, in words; null where nothing. */
async function setOneByOne(run: (statement: string) => Promise<unknown>): Promise<string | null> {
  for (const { name, statement } of SINGLE_SETS) {
    try {
      await run(statement);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.errno !== ER_UNKNOWN_SYSTEM_VARIABLE) {
        return `the session variable ${name} cannot be set (${error.summary}). Grant the user what that takes`;
      }
    }
  }
  return null;
}
