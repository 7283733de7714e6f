import { commandLineOf } from '../advice';
import { wrappedLines } from '../terminal/wrapped-text';

/**
 * What is said first where somebody is at work: what is looked at changes.
 *
 * @param lockedBy who it is; null where nobody is
 */
export function atWorkLines(lockedBy: string | null, width: number): readonly string[] {
  if (lockedBy === null) return [];
  const watch = commandLineOf({ command: 'watch' });
  return wrappedLines(
    `At work: ${lockedBy} holds the lock. See "${watch}". What follows is as of now, and changes until that has ended.`,
    width,
  );
}
