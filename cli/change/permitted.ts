import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import type { OnTarget } from '../run-on-target';
import { confirmed } from './confirm';

/**
 * Whether a change may be made: with `--yes`, or where a person says so. Nothing is changed without either.
 *
 * @param what what would be changed, line by line
 */
export async function permitted(
  { runner, terminal, signal }: OnTarget,
  command: 'up' | 'down' | 'repair',
  what: readonly string[],
  isSaid: boolean,
): Promise<boolean> {
  runner.requireChangeable(command);
  if (isSaid) return true;
  for (const line of what) terminal.note(line);
  const isMeant = await confirmed(`Do that on ${runner.where}?`, terminal, signal);
  if (isMeant === null) {
    throw new ExpectedFailure(
      'not-confirmed',
      `nothing was done on ${runner.where}: there is no terminal to ask at. Say --yes to have it done`,
      EXIT_CODE.found,
    );
  }
  return isMeant;
}
