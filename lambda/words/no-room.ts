import { NO_ROOM } from './server-error-numbers';

/**
 * Whether the server says that it has no room. Some of its errors have a number for all that may be wrong with a file, and say in
 * their text that it is this: 28 is ENOSPC, 135 a full table. A temporary table of its own that is broken had none before.
 */
export function saysNoRoom(text: string): boolean {
  return TEXTS.test(text);
}

const TEXTS = new RegExp(
  `\\((?:${NO_ROOM.join('|')})\\): |\\b(?:Errcode|errno|error):? (?:28|135)\\b|Temp file write failure|/#sql[^']*\\.M[AY][DI]'`,
);

/** What to do about it, before it is tried again. */
export const ADVISE_ROOM =
  'The server has no room: on its disk (on Aurora that of the instance, larger in a larger class), or in a table with a limit of its ' +
  'own, as a MEMORY table has. Make room';
