import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** A database server's program on this machine. */
export interface ServerProgram {
  readonly kind: 'mariadb' | 'mysql';
  /** Its path, links followed. */
  readonly file: string;
  readonly version: string;
}

// Debian and Homebrew put servers where an ordinary user's PATH does not look.
const USUAL_FOLDERS = [
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/usr/local/mariadb/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/opt/homebrew/opt/mariadb/bin',
];

/** Finds the servers on this machine, those on the PATH first. */
export async function findServerPrograms(searchPath = process.env.PATH ?? ''): Promise<readonly ServerProgram[]> {
  const folders = [
    ...new Set([...searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder)), ...USUAL_FOLDERS]),
  ];
  const found = new Map<string, ServerProgram>();
  for (const folder of folders) {
    for (const name of ['mysqld', 'mariadbd']) {
      const file = await executable(path.join(folder, name));
      if (file === undefined || found.has(file)) continue;
      const program = await identify(file);
      if (program !== undefined) found.set(file, program);
    }
  }
  return [...found.values()];
}

/** Reads a server's kind and version from what it says of itself, e.g. `mysqld  Ver 8.0.40 for Linux on x86_64`. */
export function parseServerVersion(text: string): Pick<ServerProgram, 'kind' | 'version'> | undefined {
  const version = /\bVer (\d+\.\d+\.\d+\S*)/.exec(text)?.[1];
  if (version === undefined) return undefined;
  return { kind: /mariadb/i.test(text) ? 'mariadb' : 'mysql', version };
}

async function executable(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
    return await realpath(file);
  } catch {
    return undefined;
  }
}

async function identify(file: string): Promise<ServerProgram | undefined> {
  try {
    const { stdout } = await promisify(execFile)(file, ['--no-defaults', '--version']);
    const version = parseServerVersion(stdout);
    return version && { ...version, file };
  } catch {
    // A program that cannot say its version (a broken link of libraries, say) cannot serve either.
    return undefined;
  }
}
