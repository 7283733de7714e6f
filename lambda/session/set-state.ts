import type { ServerError } from '../ports';
import { isRefusal } from '../refusal';
import { ER_UNKNOWN_SYSTEM_VARIABLE } from '../words/server-error-numbers';
import { SINGLE_SETS, stateWithout } from './session-state';

/** What became of putting a session into the state that all sessions of the function have. */
export interface StateSet {
  /** Variables that this server has not. */
  readonly lacking: readonly string[];
  /** The first one that it does not let be set; null where there is none. */
  readonly refused: { readonly name: string; readonly error: ServerError } | null;
}

/**
 * Sets the state in one statement. A server that lacks one of the variables sets none of the others either, and names it: then
 * without that one. Where it does not let one be set, or names none, they are set one by one. Comments tell servers from which
 * version on they have a variable, and cannot tell that an older series got it in a patch.
 */
export async function setState(run: (statement: string) => Promise<unknown>): Promise<StateSet> {
  const lacking: string[] = [];
  for (;;) {
    const error = await refusalOf(run, stateWithout(lacking));
    if (error === null) return { lacking, refused: null };
    const named = SINGLE_SETS.find(({ name }) => !lacking.includes(name) && error.message.includes(`'${name}'`));
    if (named === undefined || error.errno !== ER_UNKNOWN_SYSTEM_VARIABLE) break;
    lacking.push(named.name);
  }
  for (const { name, statement } of SINGLE_SETS) {
    const error = await refusalOf(run, statement);
    if (error === null) continue;
    if (error.errno !== ER_UNKNOWN_SYSTEM_VARIABLE) return { lacking, refused: { name, error } };
    if (!lacking.includes(name)) lacking.push(name);
  }
  return { lacking, refused: null };
}

async function refusalOf(run: (statement: string) => Promise<unknown>, statement: string): Promise<ServerError | null> {
  try {
    await run(statement);
    return null;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}
