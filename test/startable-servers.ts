import type { Database, DatabaseOptions } from '../rehearsal/servers/database-types';
import type { ServerProgram } from '../rehearsal/servers/server-program';
import { startThrowawayServer } from '../rehearsal/servers/throwaway-server';
import type { TestServer } from './servers';

/** A server of which there may be more: another one like it can be started, set up and killed. */
export type StartableServer = TestServer & { readonly program: ServerProgram };

/**
 * A suite for each of some servers, for which it starts others like it. One that was found running, as those of `TEST_DATABASE_URLS`,
 * is not ours to set up or to kill: there the suite is shown as skipped, with the reason.
 */
export function describeEachStartable(
  some: readonly TestServer[],
  name: string,
  suite: (server: StartableServer) => void,
): void {
  for (const server of some) {
    const title = name.replace('$name', server.name);
    if (isStartable(server)) describe(title, () => suite(server));
    else
      test.skip(`${title}: needs servers that the tests start themselves, and was given running ones`, () => undefined);
  }
}

export function isStartable(server: TestServer): server is StartableServer {
  return server.program !== undefined;
}

/** Starts another server like one of this run, of the same program. Whoever starts it stops it. */
export function startAnother({ program }: StartableServer, options: DatabaseOptions): Promise<Database> {
  return startThrowawayServer(program, options);
}
