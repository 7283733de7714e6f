import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DatabaseFound, DatabaseOptions } from './database-types';
import { codeOf, messageOf } from '../error-facts';
import { startInstalledServer } from './installed-server';

/** What installing needs of the machine. */
export interface DebianMachine {
  readonly isLinux: boolean;
  readonly isRoot: boolean;
  runAptGet(args: readonly string[]): Promise<unknown>;
}

/** Installs the server of Debian's and Ubuntu's package mariadb-server-core, and starts it. */
export async function startDebianServer(
  options: DatabaseOptions,
  machine: DebianMachine = THIS_MACHINE,
  startInstalled = startInstalledServer,
): Promise<DatabaseFound> {
  if (!machine.isLinux) return { kind: 'unavailable', reason: 'only on Debian and Ubuntu' };
  if (!machine.isRoot) return { kind: 'unavailable', reason: 'only as root' };
  const install = (): Promise<unknown> =>
    machine.runAptGet(['install', '-y', '--no-install-recommends', 'mariadb-server-core']);
  try {
    // A fresh container has no package lists; one that has them need not wait for new ones.
    await install().catch(async () => {
      await machine.runAptGet(['update']);
      await install();
    });
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no apt-get' : messageOf(error).trim();
    return { kind: 'unavailable', reason };
  }
  return startInstalled(options);
}

const THIS_MACHINE: DebianMachine = {
  isLinux: process.platform === 'linux',
  isRoot: process.getuid?.() === 0,
  runAptGet: (args) =>
    promisify(execFile)('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    }),
};
