import type { Database } from '../rehearsal/servers/database-types';
import { COMMANDS_VARIABLE } from '../rehearsal/servers/server-program';

/** A running database server, as the tests get it from `start-servers.ts`. */
export interface TestServer extends Pick<
  Database,
  'kind' | 'version' | 'hasTls' | 'host' | 'port' | 'user' | 'password' | 'caFile' | 'url' | 'ownServer' | 'program'
> {
  /** `MariaDB 10.11.14` or `MySQL 9.7.0`, for the names of tests. */
  readonly name: string;
}

/** Name of the environment variable in which the servers travel from Jest's process to its workers, as JSON. */
export const SERVERS_VARIABLE = 'TEST_SERVERS';

/** Name of the environment variable in which the Node binaries travel in the same way. */
export const NODES_VARIABLE = 'TEST_NODES';

/** The servers of this run, at least one: `describe.each(servers())('on $name', (server) => …)`. */
export function servers(): readonly TestServer[] {
  const json = process.env[SERVERS_VARIABLE];
  if (json === undefined) {
    throw new Error('no servers: a test that needs one belongs in test/integration, test/stacks or test/rehearsal');
  }
  return JSON.parse(json) as TestServer[];
}

/**
 * Which servers whole stacks and whole programs are played on, which takes seconds each: the first one, so that `npm test` is played before
 * each commit; `npm run test:other-server` plays the same files on the other one, which CI does in a job of its own. Suites of single requests
 * and of single rules play on all servers at once. `all` is for whoever looks at one file.
 */
export const STACK_SERVERS_VARIABLE = 'TEST_STACK_SERVERS';

/** The servers that this run plays whole stacks on, at least one. That there is no other one is not passed over. */
export function stackServers(): readonly TestServer[] {
  const all = servers();
  const which = process.env[STACK_SERVERS_VARIABLE] ?? 'first';
  switch (which) {
    case 'first':
      return all.slice(0, 1);
    case 'other':
      if (all.length < 2)
        throw new Error(
          `${STACK_SERVERS_VARIABLE} is other, and ${all[0]?.name ?? 'none'} is the only server here: the first run had it. ` +
            'CONTRIBUTING.md says how a second one is named',
        );
      return all.slice(-1);
    case 'all':
      return all;
    default:
      throw new Error(`${STACK_SERVERS_VARIABLE} is first, other or all, and not ${which}`);
  }
}

/**
 * What has a program of ours start its throwaway servers like this one: it would take MySQL where it is asked for no other, and a run that
 * starts a server for each command then takes most of its time to start it.
 */
export function throwawaysLike({ program }: Pick<TestServer, 'program'>): NodeJS.ProcessEnv {
  return program === undefined ? {} : { [COMMANDS_VARIABLE]: [...program.command, ...program.ownFiles].join(' ') };
}

/** A suite for each of some servers. Where there is none of them, which `describe.each` refuses, it is shown as skipped. */
export function describeEach(some: readonly TestServer[], name: string, suite: (server: TestServer) => void): void {
  if (some.length > 0) describe.each(some)(name, suite);
  else test.skip(`${name}: no such server here`, () => undefined);
}

/** What the tests are told of a server. */
export function toTestServer(database: Database): TestServer {
  const { kind, version, hasTls, host, port, user, password, caFile, url, ownServer, program } = database;
  const name = `${kind === 'mariadb' ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
  return { name, kind, version, hasTls, host, port, user, password, caFile, url, ownServer, program };
}

/** A Node binary to run the function with. */
export interface TestNode {
  readonly name: string;
  readonly path: string;
}

/** The Node versions that functions run on, the newest last; this process's own where none of them is here. */
export function nodes(): readonly TestNode[] {
  const found = JSON.parse(process.env[NODES_VARIABLE] ?? '[]') as TestNode[];
  return found.length > 0 ? found : [{ name: `Node ${process.versions.node}`, path: process.execPath }];
}
