import { adviseFor } from './advice';
import type { TargetOptions } from './commands/target-options';
import type { CommandRunner } from './command-runner';
import { EXIT_CODE } from './exit-code';
import { ExpectedFailure } from './expected-failure';
import { consoleOnStderr } from './terminal/console-on-stderr';
import { findRunner } from './find-runner';
import { migrationsFolder } from './migrations-folder';
import { saidTarget } from './commands/said-target';
import { readSettings } from './settings';
import { withStopSignal } from './terminal/stop-signal';
import { type Target, targetOf } from './target';
import { processTerminal, type Terminal } from './terminal/terminal';

/** What a command on a target works with. */
export interface OnTarget {
  readonly target: Target;
  readonly runner: CommandRunner;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Name of the folder whose texts are run, as it was given; null where they are those of a function, or there is none. */
  readonly folder: string | null;
}

/**
 * Finds what is meant, and does the work there; gives its exit code.
 *
 * @param takesFolder whether a deployed function can be asked about a folder, too
 */
export async function runOnTarget(
  options: TargetOptions,
  work: (on: OnTarget) => Promise<number>,
  { takesFolder = false } = {},
): Promise<number> {
  const root = process.cwd();
  const settings = readSettings(root);
  const terminal = processTerminal();
  const target = targetOf(options, settings, root, process.env);
  const { directory } = options;
  if (target.kind === 'function' && directory !== undefined) {
    if (!takesFolder) throw notRead(directory);
    // One that is not there is told before AWS is asked.
    migrationsFolder(root, directory, settings);
  }
  consoleOnStderr();
  // Other commands would refuse the folder.
  const said = target.kind === 'function' ? { ...options, directory: undefined } : options;
  adviseFor(saidTarget(said), target.kind);
  return withStopSignal(async (signal) => {
    const runner = await findRunner({ target, settings, root, directory, terminal, signal });
    const folder = target.kind === 'url' ? folderName(root, directory, settings) : null;
    return work({ target, runner, terminal, signal, folder });
  });
}

/** It would be taken for the folder's own answer. */
function notRead(directory: string): ExpectedFailure {
  return new ExpectedFailure(
    'directory-not-read',
    `the folder ${directory} is named, and a deployed function is asked: it has the migrations of its own release, and reads no folder. ` +
      'Nothing was done: leave the folder out to work with that release; what the deployment of a folder would bring, ' +
      '"npx aurora-migrations plan" shows and "npx aurora-migrations rehearse" plays',
    EXIT_CODE.usage,
  );
}

/** What is wrong with it the command says that needs it. */
function folderName(...where: Parameters<typeof migrationsFolder>): string | null {
  try {
    return migrationsFolder(...where).name;
  } catch (error) {
    if (error instanceof ExpectedFailure) return null;
    throw error;
  }
}
