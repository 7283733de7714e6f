import { Umzug } from 'umzug';
import type { Log } from './ports';

/** One migration, ready to be run by umzug. `run` answers false where the run must stop there. */
export interface Runnable {
  readonly name: string;
  run(): Promise<boolean>;
}

/**
 * Runs migrations in the given order with umzug, which names and reports them; true where all of them ran.
 *
 * Our planner decides and umzug executes: left to itself it does not see rows without a file, would then revert the
 * wrong migration, and takes a missing down for a done one. So it is given explicit names and, as its storage, what the
 * plan was made from: a name that is not pending (or not executed) makes it throw before anything runs. The journal is
 * written by the steps themselves, since the write must be atomic with the last of them; umzug's comes after it.
 */
export async function runWithUmzug(
  direction: 'up' | 'down',
  runnables: readonly Runnable[],
  log: Log,
): Promise<boolean> {
  if (runnables.length === 0) return true;
  const stop = new Stopped();
  const runOrStop = async (runnable: Runnable): Promise<void> => {
    if (!(await runnable.run())) throw stop;
  };
  const executed = new Set(direction === 'up' ? [] : runnables.map(({ name }) => name));
  const umzug = new Umzug({
    migrations: runnables.map((runnable) => ({
      name: runnable.name,
      up: () => runOrStop(runnable),
      down: () => runOrStop(runnable),
    })),
    storage: {
      executed: () => Promise.resolve([...executed]),
      logMigration: ({ name }) => Promise.resolve(void executed.add(name)),
      unlogMigration: ({ name }) => Promise.resolve(void executed.delete(name)),
    },
    logger: { info: (event) => logEvent(event, log), warn: ignore, error: ignore, debug: ignore },
  });
  try {
    await umzug[direction]({ migrations: runnables.map(({ name }) => name) });
    return true;
  } catch (error) {
    // umzug wraps what a migration throws; the caller is told what was thrown.
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause === stop) return false;
    throw cause ?? error;
  }
}

class Stopped extends Error {}

const ignore = (): void => undefined;

/** What umzug tells of a migration, with its name and how long it took: that is all that `cdk deploy` shows of a line. */
function logEvent({ event, name, durationSeconds }: Readonly<Record<string, unknown>>, log: Log): void {
  if (typeof event !== 'string' || typeof name !== 'string') return;
  const ms = typeof durationSeconds === 'number' ? Math.round(durationSeconds * 1000) : null;
  const fields = { migration: name, ...(ms !== null && { ms }) };
  log.info(`${event} ${name}${ms === null ? '' : ` in ${ms} ms`}`, fields);
}
