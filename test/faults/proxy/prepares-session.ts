import { lookWithout, stateWithout } from '../../../lambda/session/session-state';

const SET = stateWithout([]);
const LOOK = lookWithout([]);

/** Whether a command puts a session into the state that all of the function's have, which says nothing of its purpose. */
export function preparesSession(text: string): boolean {
  return text.includes(SET) || text.includes(LOOK);
}
