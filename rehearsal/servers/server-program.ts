import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../error-facts';
import { CannotStart } from './cannot-start';

/** A database server's program on this machine. */
export interface ServerProgram {
  readonly kind: 'mariadb' | 'mysql';
  readonly version: string;
  /** What runs it: its path, links followed, or a program that runs it, and the words of that one. */
  readonly command: readonly [string, ...string[]];
  /** What it has to be told at each start to find its own files; nothing where it lies where it was built for. */
  readonly ownFiles: readonly string[];
}

/**
 * Name of the environment variable with servers that are not on the PATH, as those in an unpacked package: commands with the
 * arguments that they need to find their files, `;` between them. Words end at blanks; there are no quotes.
 */
export const COMMANDS_VARIABLE = 'DATABASE_SERVER_COMMANDS';

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

/** Finds the servers of this machine: those that the environment names, those on the PATH, those in the usual folders. */
export async function findServerPrograms(): Promise<readonly ServerProgram[]> {
  return [...(await findNamedPrograms()), ...(await findInstalledPrograms())];
}

/** The first of {@link findServerPrograms} that is of a kind. */
export async function findServerProgram(kind: ServerProgram['kind']): Promise<ServerProgram | undefined> {
  return (await findServerPrograms()).find((program) => program.kind === kind);
}

/** The servers of `DATABASE_SERVER_COMMANDS`, in its order. Rejects where one of them is none. */
export async function findNamedPrograms(
  commands = process.env[COMMANDS_VARIABLE] ?? '',
): Promise<readonly ServerProgram[]> {
  const named = commands.split(';').map((command) => command.split(/\s+/).filter((word) => word !== ''));
  return Promise.all(named.filter((words) => words.length > 0).map(parseCommand));
}

/** The servers on the PATH, then those in the usual folders. */
export async function findInstalledPrograms(searchPath = process.env.PATH ?? ''): Promise<readonly ServerProgram[]> {
  const folders = [
    ...new Set([...searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder)), ...USUAL_FOLDERS]),
  ];
  const found = new Map<string, ServerProgram>();
  for (const folder of folders) {
    for (const name of ['mysqld', 'mariadbd']) {
      const file = await executable(path.join(folder, name));
      if (file === undefined || found.has(file)) continue;
      // A program that cannot say its version (a broken link of libraries, say) cannot serve either.
      const version = await askVersion([file]).catch(() => undefined);
      if (version !== undefined) found.set(file, { ...version, command: [file], ownFiles: [] });
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

/** What stands before the first option runs the program; `--no-defaults` has to be the first of its options. */
async function parseCommand(words: readonly string[]): Promise<ServerProgram> {
  const firstOption = words.findIndex((word) => word.startsWith('--'));
  const [file, ...more] = firstOption === -1 ? words : words.slice(0, firstOption);
  const refuse = (what: string): Error =>
    new CannotStart(
      `${COMMANDS_VARIABLE} has \`${words.join(' ')}\`, ${what}; no server was started. ` +
        'Expected: a command that runs mysqld or mariadbd, and its options, `;` before the next one',
    );
  if (file === undefined) throw refuse('which names no program before its options');
  const version = await askVersion([file, ...more]).catch((error: unknown) => {
    throw refuse(`which cannot be run (${messageOf(error)})`);
  });
  if (version === undefined) throw refuse('which does not say of which version it is');
  return { ...version, command: [file, ...more], ownFiles: firstOption === -1 ? [] : words.slice(firstOption) };
}

async function executable(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
    return await realpath(file);
  } catch {
    return undefined;
  }
}

async function askVersion([file, ...words]: ServerProgram['command']): Promise<
  Pick<ServerProgram, 'kind' | 'version'> | undefined
> {
  const { stdout } = await promisify(execFile)(file, [...words, '--no-defaults', '--version']);
  return parseServerVersion(stdout);
}
