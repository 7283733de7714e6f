import type { Database } from '../rehearsal/database';

/** A running database server, as the tests get it from `start-servers.ts`. */
export interface TestServer extends Pick<
  Database,
  'kind' | 'version' | 'host' | 'port' | 'user' | 'password' | 'caFile' | 'url' | 'ownServer'
> {
  /** `MariaDB 10.11.14` or `MySQL 9.7.0`, for the names of tests. */
  readonly name: string;
}

/** Name of the environment variable in which the servers travel from Jest's process to its workers, as JSON. */
export const SERVERS_VARIABLE = 'TEST_SERVERS';

/** Name of the environment variable with the path of a Node 24 binary; not set where there is none. */
export const NODE24_VARIABLE = 'TEST_NODE24';

/** The servers of this run, at least one: `describe.each(servers())('on $name', (server) => …)`. */
export function servers(): readonly TestServer[] {
  const json = process.env[SERVERS_VARIABLE];
  if (json === undefined) {
    throw new Error('no servers: a test that needs one belongs in test/integration or test/rehearsal');
  }
  return JSON.parse(json) as TestServer[];
}

/** Those of which there may be more: the one of `DATABASE_URL` is not ours to start, to set up or to kill. */
export function ownServers(): readonly TestServer[] {
  return servers().filter(({ ownServer }) => ownServer);
}

/** A suite for each of some servers. Where there is none of them, which `describe.each` refuses, it is shown as skipped. */
export function describeEach(some: readonly TestServer[], name: string, suite: (server: TestServer) => void): void {
  if (some.length > 0) describe.each(some)(name, suite);
  else test.skip(`${name}: no such server here`, () => undefined);
}

/** The Node binaries to run the function with: this one, and Node 24 where it is another one and is there. */
export function nodes(): readonly { readonly name: string; readonly path: string }[] {
  const here = { name: `Node ${process.versions.node}`, path: process.execPath };
  const node24 = process.env[NODE24_VARIABLE];
  return node24 === undefined || node24 === here.path ? [here] : [here, { name: 'Node 24', path: node24 }];
}
