import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { startDatabases, type Database } from '../rehearsal/servers/database';
import { databaseAt } from '../rehearsal/servers/database-url';
import { useFastFolder } from './fast-folder';
import { NODES_VARIABLE, SERVERS_VARIABLE, STACK_SERVERS_VARIABLE, stackServers, toTestServer } from './servers';

/** Where the tear-down finds the servers: it is another module, in the same process. */
export const RUNNING = Symbol.for('cdk-aurora-migrations.test-servers');

/**
 * Jest's global set-up: starts the servers and finds the function's Node versions, once for all test files. What is missing is said aloud, so
 * that a run with less in it does not look like a whole one, and is an error in CI.
 */
export default async function startServers(): Promise<void> {
  // The test files' processes are started after this, and have it too.
  await useFastFolder();
  const [running, nodes] = await Promise.all([startTestServers(), findNodes()]);
  Object.assign(globalThis, { [RUNNING]: running });
  process.env[SERVERS_VARIABLE] = JSON.stringify(running.map(toTestServer));
  process.env[NODES_VARIABLE] = nodes;
  // Refuses what cannot be had before any test file begins.
  stackServers();
  if (running.length > 1 && process.env[STACK_SERVERS_VARIABLE] === undefined)
    process.stderr.write(
      '\nnote: whole stacks are played on the first server; npm run test:other-server has the other one\n',
    );
}

/**
 * The servers of the run: those of `TEST_DATABASE_URLS`, between commas or blanks; else all that there are. Nothing is stopped where
 * one of them fails: a server of ours ends with this process.
 */
export async function startTestServers(): Promise<readonly Database[]> {
  const urls = (process.env.TEST_DATABASE_URLS ?? '').split(/[\s,]+/).filter((url) => url !== '');
  if (urls.length > 0) return Promise.all(urls.map((url) => databaseAt(url, 'TEST_DATABASE_URLS')));
  // No test asks these for durability: those that crash a server start their own.
  const running = await startDatabases({ fast: true });
  const here = running.map((database) => toTestServer(database).name).join(' and ');
  if (!running.some(({ kind }) => kind === 'mariadb')) note('MariaDB', `the tests run on ${here} only`);
  if (!running.some(({ kind }) => kind === 'mysql')) note('MySQL', `the tests run on ${here} only`);
  return running;
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
