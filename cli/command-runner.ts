import type { Settings } from './settings';
import type { Target } from './target';
import type { Terminal } from './terminal/terminal';

/** An event that the function understands as a command, such as `{ command: 'down', steps: 1 }`. */
export interface CommandEvent {
  readonly command: string;
  readonly [field: string]: unknown;
}

/** Runs commands: in the deployed function, or by the same code in this process, on a server. */
export interface CommandRunner {
  /** Where they are run, in words. */
  readonly where: string;
  /** Name of the migrated database; the empty string where it is not known here. */
  readonly database: string;
  /** Whether what is done changes a database that others may use. */
  readonly isShared: boolean;
  /** Throws where a command that changes something would be refused for the place: before anybody is asked. */
  requireChangeable(command: string): void;
  /**
   * Runs one and gives its answer, as the function gives it. Throws an ExpectedFailure where there is none.
   *
   * @param signal where aborted: a run in this process stops at its next step, and at once if it changes nothing; one in the
   *   function goes on, and is no longer waited for
   */
  run(event: CommandEvent, signal?: AbortSignal): Promise<unknown>;
}

/** What a runner is made of. */
export interface RunnerSettings {
  readonly target: Target;
  readonly settings: Settings;
  /** Folder that names are relative to. */
  readonly root: string;
  /** The flag; the release of a `--url` is read from there. */
  readonly directory: string | undefined;
  readonly terminal: Terminal;
  /** Where aborted, nobody waits for a connection any more. */
  readonly signal: AbortSignal;
}
