import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BenchFolder } from './bench-folder';
import { HISTORY, historyRow } from './bench-release';
import type { Command } from './measured-process';

/** Where a tool finds the database. */
export interface BenchLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Certificates, in PEM, and the file that holds them. */
  readonly ca: string;
  readonly caFile: string;
}

/** What the tools run. */
export interface BenchWork {
  readonly folder: BenchFolder;
  readonly migrations: number;
  readonly statement: (index: number) => string;
  /** The event and the settings of our function; its event is another one each time. */
  readonly invocation: () => { readonly event: object; readonly env: NodeJS.ProcessEnv };
}

/** How each tool is run, from its start to its end, as people run it. */
export type BenchTool = (login: BenchLogin, work: BenchWork) => Command;

const ROOT = path.join(__dirname, '..');
const BIN = path.join(ROOT, 'node_modules/.bin');

/** The tools, in the order of the table. `client` is what the others are compared with. */
export const TOOLS: Readonly<Record<string, BenchTool>> = {
  client: (login, { migrations, statement }) =>
    client(
      login,
      Array.from({ length: migrations }, (_, index) => statement(index)),
    ),
  'client with history': (login, { migrations, statement }) =>
    client(login, [
      HISTORY,
      ...Array.from({ length: migrations }, (_, index) => [statement(index), historyRow(index)]).flat(),
    ]),
  ours: (login, { folder, invocation }) => {
    const { event, env } = invocation();
    const { host, port, database, caFile } = login;
    return {
      ...script('ours', { bundle: path.join(folder.ours, 'index.js'), event }),
      env: {
        ...env,
        DATABASE_HOST: host,
        DATABASE_PORT: String(port),
        DATABASE_NAME: database,
        NODE_EXTRA_CA_CERTS: caFile,
        LAMBDA_TASK_ROOT: folder.ours,
      },
    };
  },
  dbmate: ({ host, port, user, password, database }, { folder }) => ({
    program: path.join(BIN, 'dbmate'),
    args: [
      ...['--migrations-dir', folder.dbmate, '--no-dump-schema', '--url'],
      `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?tls=skip-verify`,
      'migrate',
    ],
  }),
  'drizzle-orm': (login, { folder }) => script('drizzle', { login, folder: folder.drizzle }),
  knex: (login, { folder }) => script('knex', { login, folder: folder.knex }),
  umzug: (login, { folder }) => script('umzug', { login, folder: folder.sql }),
  'sequelize-cli': ({ host, port, user, password, database, ca }, { folder }) => {
    const config = path.join(folder.sequelize, '../sequelize.json');
    const dialectOptions = { ssl: { ca } };
    writeFileSync(
      config,
      JSON.stringify({
        bench: { host, port, username: user, password, database, dialect: 'mysql', logging: false, dialectOptions },
      }),
    );
    return {
      program: path.join(BIN, 'sequelize-cli'),
      args: ['db:migrate', '--config', config, '--env', 'bench', '--migrations-path', folder.sequelize],
    };
  },
};

function client({ host, port, user, password, database }: BenchLogin, statements: readonly string[]): Command {
  const login = [`--host=${host}`, `--port=${port}`, `--user=${user}`, '--protocol=tcp', '--ssl'];
  return {
    program: 'mariadb',
    args: [...login, '--skip-ssl-verify-server-cert', database],
    env: { MYSQL_PWD: password },
    input: statements.map((sql) => `${sql};\n`).join(''),
  };
}

function script(name: string, argument: object): Command {
  return { program: process.execPath, args: [path.join(ROOT, 'bench/tools', `${name}.cjs`), JSON.stringify(argument)] };
}

/** What is applied already does nothing a second time: a history row that is there would be refused by the client. */
export const TOOLS_WITH_HISTORY = Object.keys(TOOLS).filter((name) => !name.startsWith('client'));
