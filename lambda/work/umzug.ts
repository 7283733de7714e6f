import { Umzug } from 'umzug';
import type { Log } from '../ports';

/**
 * Runs migrations in the given order with umzug, which names and reports them, until `run` says of one why it must stop
 * there; null where all of them ran.
 *
 * Our planner decides and umzug executes: left to itself it does not see rows without a file, would then revert the
 * wrong migration, and takes a missing down for a done one. So it is given explicit names and, as its storage, what the
 * plan was made from: a name that is not pending (or not executed) makes it throw before anything runs. The journal is
 * written by the steps themselves, since the write must be atomic with the last of them; umzug's comes after it.
 *
 * @param untold names of those of which nothing is run, so that the log has nothing to tell
 */
export async function runWithUmzug<Item extends { readonly name: string }, Problem>(
  direction: 'up' | 'down',
  items: readonly Item[],
  run: (item: Item) => Promise<Problem | null>,
  log: Log,
  untold: ReadonlySet<unknown> = new Set(),
): Promise<Problem | null> {
  if (items.length === 0) return null;
  let problem: Problem | null = null;
  const stop = new Stopped();
  const runOrStop = async (item: Item): Promise<void> => {
    problem = await run(item);
    if (problem !== null) throw stop;
  };
  const names = items.map(({ name }) => name);
  const executed = new Set(direction === 'up' ? [] : names);
  const umzug = new Umzug({
    migrations: items.map((item) => ({ name: item.name, up: () => runOrStop(item), down: () => runOrStop(item) })),
    storage: {
      executed: () => Promise.resolve([...executed]),
      logMigration: ({ name }) => Promise.resolve(void executed.add(name)),
      unlogMigration: ({ name }) => Promise.resolve(void executed.delete(name)),
    },
    logger: {
      info: (event) => untold.has(event['name']) || logEvent(event, log),
      warn: ignore,
      error: ignore,
      debug: ignore,
    },
  });
  try {
    await umzug[direction]({ migrations: names });
    return null;
  } catch (error) {
    // umzug wraps what a migration throws; the caller is told what was thrown.
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause === stop) return problem;
    throw cause ?? error;
  }
}

class Stopped extends Error {}

const ignore = (): void => undefined;

/** What umzug tells of a migration, with its name and how long it took: that is all that `cdk deploy` shows of a line. */
function logEvent({ event, name, durationSeconds }: Readonly<Record<string, unknown>>, log: Log): void {
  if (typeof event !== 'string' || typeof name !== 'string') return;
  // One that went in the packet of another took no time of its own.
  const ms = typeof durationSeconds === 'number' ? Math.round(durationSeconds * 1000) || null : null;
  const fields = { migration: name, ...(ms !== null && { ms }) };
  log.info(`${event} ${name}${ms === null ? '' : ` in ${ms} ms`}`, fields);
}
