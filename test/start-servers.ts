import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { startDatabase, startMysql, type Database } from '../rehearsal/servers/database';
import { NODES_VARIABLE, SERVERS_VARIABLE, STACK_SERVERS_VARIABLE, type TestServer } from './servers';

/** Where the tear-down finds the servers: it is another module, in the same process. */
export const RUNNING = Symbol.for('cdk-aurora-migrations.test-servers');

/**
 * Jest's global set-up: starts the servers and finds the function's Node versions, once for all test files. What is missing is said aloud, so
 * that a run with less in it does not look like a whole one, and is an error in CI.
 */
export default async function startServers(): Promise<void> {
  const [running, nodes] = await Promise.all([startDatabases(), findNodes()]);
  Object.assign(globalThis, { [RUNNING]: running });
  process.env[SERVERS_VARIABLE] = JSON.stringify(running.map(toTestServer));
  process.env[NODES_VARIABLE] = nodes;
  if (running.length > 1 && process.env[STACK_SERVERS_VARIABLE] === undefined)
    process.stderr.write(
      '\nnote: whole stacks are played on the first server; npm run test:other-server has the other one\n',
    );
}

/** Nothing is stopped where the second one fails: a server of ours ends with this process. */
async function startDatabases(): Promise<readonly Database[]> {
  // No test asks these for durability: those that crash a server start their own.
  const first = await startDatabase({ fast: true });
  const second = first.kind === 'mysql' ? undefined : await startMysql({ fast: true });
  if (first.kind === 'mysql') note('MariaDB', `the tests run on MySQL ${first.version} only`);
  else if (second === undefined) note('MySQL', `the tests run on MariaDB ${first.version} only`);
  return second === undefined ? [first] : [first, second];
}

/** As JSON. */
async function findNodes(): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [path.join(__dirname, '../scripts/function-nodes.mjs')]))
      .stdout;
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    note('Node of the function', `it runs on fewer versions (${stderr?.trim() ?? String(error)})`);
    return stdout?.startsWith('[') === true ? stdout : '[]';
  }
}

function note(what: string, consequence: string): void {
  process.stderr.write(`\nnote: no ${what} here: ${consequence}\n`);
}

function toTestServer({ kind, version, host, port, user, password, caFile, url, ownServer }: Database): TestServer {
  const name = `${kind === 'mariadb' ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
  return { name, kind, version, host, port, user, password, caFile, url, ownServer };
}
