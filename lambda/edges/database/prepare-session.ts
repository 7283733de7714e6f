import type { Row } from '../../ports';
import { lookAt, lookWithout, type SessionLook } from '../../session/session-state';
import { setState } from '../../session/set-state';

/** Puts a new session into the state that all sessions of the function have, and looks whether it took: two round trips. */
export async function prepareSession(run: (statement: string) => Promise<unknown>): Promise<SessionLook> {
  const { lacking, refused } = await setState(run);
  if (refused !== null) {
    const { name, error } = refused;
    const obstacle = `the session variable ${name} cannot be set (${error.summary}). Grant the user what that takes`;
    return { obstacle, isReader: false, leftOut: [] };
  }
  const [row] = (await run(lookWithout(lacking))) as readonly Row[];
  return lookAt(row ?? {});
}
