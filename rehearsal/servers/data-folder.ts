import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { CannotStart } from './cannot-start';
import { guard } from './guard';
import type { ServerProgram } from './server-program';

/**
 * Puts an initialised data directory for `program` at `target`. Initialising takes up to seconds, so that it is done
 * once a server version and machine; later servers get a copy.
 *
 * @param args what the server will be started with: some of it has to be said at this time already
 */
export async function createDataFolder(program: ServerProgram, target: string, args: readonly string[]): Promise<void> {
  const lasting = args.filter((arg) => LASTING.test(arg));
  const key = [program.kind, program.version, ...lasting].join('-');
  const template = await findOrMakeTemplate(key, async (folder) => {
    const data = path.join(folder, 'data');
    await mkdir(data, { recursive: true });
    await (program.kind === 'mariadb' ? initialiseMariadb : initialiseMysql)(program, data, lasting);
  });
  await copyFolder(path.join(template, 'data'), target);
  // Holds the server's id, of which no two servers should have the same.
  await rm(path.join(target, 'auto.cnf'), { force: true });
}

/** MySQL refuses to start on data that were initialised with another value. */
const LASTING = /^--lower[-_]case[-_]table[-_]names=/;

/**
 * The folder `key` in the user's cache, made by `make` where it is not there yet. Two processes may do this at once:
 * each makes its own and moves it into place, and the later one takes what is there.
 */
async function findOrMakeTemplate(key: string, make: (folder: string) => Promise<void>): Promise<string> {
  const cache = await cacheFolder();
  const template = path.join(cache, key.replace(/[^\w.+-]/g, '_'));
  if (await exists(template)) return template;

  // Not made in the cache itself: where AppArmor guards a server, it may write to /tmp but not to a home folder.
  const workshop = await mkdtemp(path.join(tmpdir(), 'aurora-template-'));
  const release = await guard({ pids: [], folder: workshop });
  const arriving = `${template}.${randomUUID()}`;
  try {
    const made = path.join(workshop, 'template');
    await mkdir(made);
    await make(made);
    await copyFolder(made, arriving);
    await rename(arriving, template);
  } catch (error) {
    if (!(await exists(template))) throw error;
  } finally {
    await rm(arriving, { recursive: true, force: true });
    await rm(workshop, { recursive: true, force: true });
    release();
  }
  return template;
}

/** Arguments that every start of a server needs on this machine, the first ones of all. */
export function commonArguments({ ownFiles }: ServerProgram): readonly string[] {
  // Servers refuse to run as root unless they are told that it is meant.
  return ['--no-defaults', ...ownFiles, ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
}

/** The last lines of a server's log, for an error message. */
export async function tailOf(file: string, lines = 20): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

async function cacheFolder(): Promise<string> {
  const own = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'cdk-aurora-migrations');
  try {
    await mkdir(own, { recursive: true });
    return own;
  } catch {
    // A home folder that cannot be written to is common in CI.
    const shared = path.join(tmpdir(), `cdk-aurora-migrations-${process.getuid?.() ?? 'cache'}`);
    await mkdir(shared, { recursive: true, mode: 0o700 });
    return shared;
  }
}

async function initialiseMariadb(program: ServerProgram, data: string, lasting: readonly string[]): Promise<void> {
  const share = await mariadbShare(program);
  // What mariadb-install-db does, without its Perl, its help texts and its time zones.
  const sql = [
    'create database if not exists mysql;',
    'use mysql;',
    'SET @skip_auth_anonymous=1;',
    'SET @auth_root_socket=NULL;',
  ];
  for (const name of BOOTSTRAP_FILES) {
    for (const prefix of ['mariadb_', 'mysql_', '']) {
      const text = await readFile(path.join(share, `${prefix}${name}.sql`), 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      // The accounts for this machine's own name are of no use, and the variable is only set by the original script.
      sql.push(text.replace(/^.*@current_hostname.*$/gm, ''));
      break;
    }
  }
  await run(
    program,
    [
      '--bootstrap',
      ...lasting,
      `--datadir=${data}`,
      // In the common /tmp a server that starts removes the temporary tables of the others.
      `--tmpdir=${path.dirname(data)}`,
      '--loose-skip-innodb-doublewrite',
      '--innodb-flush-log-at-trx-commit=0',
      '--loose-innodb-flush-method=nosync',
      '--innodb-log-file-size=8M',
      '--skip-log-bin',
      '--log-warnings=0',
      '--enforce-storage-engine=',
      '--max-allowed-packet=8M',
    ],
    sql.join('\n') + '\n',
  );
}

const BOOTSTRAP_FILES = [
  'system_tables',
  'performance_tables',
  'system_tables_data',
  'maria_add_gis_sp_bootstrap',
  'sys_schema',
];

async function mariadbShare({ command, ownFiles }: ServerProgram): Promise<string> {
  const named = ownFiles.map((arg) => /^--basedir=(.+)/.exec(arg)?.[1]).filter((folder) => folder !== undefined);
  const prefix = path.dirname(path.dirname(command[0]));
  const candidates = [...named, prefix, '/usr', '/usr/local'].flatMap((root) =>
    ['mariadb', 'mysql'].map((name) => path.join(root, 'share', name)),
  );
  for (const folder of candidates) {
    for (const name of ['mariadb_system_tables.sql', 'mysql_system_tables.sql']) {
      if (await exists(path.join(folder, name))) return folder;
    }
  }
  throw new CannotStart(
    `the SQL files that initialise ${command[0]} were not found in any of ${candidates.join(', ')}`,
  );
}

async function initialiseMysql(program: ServerProgram, data: string, lasting: readonly string[]): Promise<void> {
  await run(
    program,
    [
      '--initialize-insecure',
      ...lasting,
      `--datadir=${data}`,
      `--tmpdir=${path.dirname(data)}`,
      '--skip-log-bin',
      '--innodb-flush-log-at-trx-commit=0',
      // Else a hundred megabytes of it are copied for each server.
      '--loose-innodb-redo-log-capacity=8M',
      '--innodb-doublewrite=OFF',
      '--loose-innodb-flush-method=nosync',
    ],
    '',
  );
}

async function run(program: ServerProgram, args: readonly string[], input: string): Promise<void> {
  const [file, ...words] = program.command;
  const child = spawn(file, [...words, ...commonArguments(program), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  // A server that refuses to start closes its input: its own words say why, EPIPE does not.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const said = Buffer.concat(output).toString('utf8').trimEnd().split('\n').slice(-20).join('\n');
  throw new CannotStart(
    `${program.command.join(' ')} could not initialise a data directory (exit code ${code}):\n${said}`,
  );
}

async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
