import type { TargetOptions } from './commands/target-options';
import type { CommandRunner } from './command-runner';
import { findRunner } from './find-runner';
import { readSettings } from './settings';
import { stopSignal } from './stop-signal';
import { targetOf } from './target';
import { processTerminal, type Terminal } from './terminal';

/** What a command on a target works with. */
export interface OnTarget {
  readonly runner: CommandRunner;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Finds what is meant, and does the work there; gives its exit code. */
export async function runOnTarget(options: TargetOptions, work: (on: OnTarget) => Promise<number>): Promise<number> {
  const root = process.cwd();
  const settings = readSettings(root);
  const terminal = processTerminal();
  const target = targetOf(options, settings, root, process.env);
  const stop = stopSignal();
  try {
    const runner = await findRunner({ target, settings, root, directory: options.directory, terminal });
    return await work({ runner, terminal, signal: stop.signal });
  } finally {
    stop.end();
  }
}
