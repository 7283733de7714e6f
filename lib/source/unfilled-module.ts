import type { MigrationProblem } from '../review/migration-problem';

/** What the function of a new migration throws until somebody has written it. */
export function stillToBeWritten(direction: string, name: string): string {
  return `the ${direction} of ${name} is still to be written`;
}

const THROWN = /throw new Error\(["'`](the (up|down) of [\w.-]+ is still to be written)["'`]\)/g;

/**
 * The functions of a module that nobody has filled in.
 *
 * @param bundled its code, which has no comments any more
 * @param text the file itself
 */
export function unfilledFunctions(file: string, bundled: string, text: string): readonly MigrationProblem[] {
  const lines = text.split('\n');
  return [...bundled.matchAll(THROWN)].map(([, sentence = '', direction]): MigrationProblem => {
    const at = lines.findIndex((line) => line.includes(sentence));
    const line = at === -1 ? {} : { line: at + 1 };
    const isUp = direction === 'up';
    return {
      code: isUp ? 'up-empty' : 'down-empty',
      file,
      ...line,
      problem: isUp
        ? 'its up is still to be written: put its statements in the place of the error that it throws, or remove the migration'
        : 'its down is still to be written: put what reverts the up in the place of the error that it throws, or export irreversible = true in place of the down',
    };
  });
}
