import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import knex, { type Knex } from 'knex';
import { Sequelize } from 'sequelize';
import { SequelizeStorage, Umzug } from 'umzug';
import { migrationFolder } from '../../lib/source/migration-folder';
import type { Scene } from '../scene';

/** What the migrations do that a tool has applied. */
export const UPS = {
  '0001_create_user': 'CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE)',
  '0002_add_name': 'ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL',
} as const;

/** Tools of npm, each of which applies {@link UPS} to a database and keeps its own history there. */
export const MAKERS = { knex: runKnex, umzug: runUmzug, sequelize: runSequelize, dbmate: runDbmate } as const;

const PROGRAMS = path.join(__dirname, '../../../node_modules/.bin');

function folderOf(text: (up: string) => string, ending: string, ups: Readonly<Record<string, string>> = UPS): string {
  return migrationFolder(Object.fromEntries(Object.entries(ups).map(([name, up]) => [`${name}${ending}`, text(up)])));
}

/** knex has a lock besides, which stays where a migration fails half-way and its process dies. */
async function runKnex(scene: Scene): Promise<void> {
  const directory = folderOf(
    (up) => `exports.up = (knex) => knex.raw(${JSON.stringify(up)}); exports.down = () => Promise.resolve();`,
    '.js',
  );
  const { host, port, user, password, caFile } = scene.server;
  const connection: Knex.MySql2ConnectionConfig = {
    ...{ host, port, user, password, database: scene.name },
    ...(caFile !== undefined && { ssl: { ca: readFileSync(caFile, 'utf8') } }),
  };
  const database = knex({ client: 'mysql2', connection });
  try {
    await database.migrate.latest({ directory });
  } finally {
    await database.destroy();
  }
}

async function runUmzug(scene: Scene): Promise<void> {
  const sequelize = sequelizeOf(scene);
  const glob = path.join(
    folderOf((up) => up, '.sql'),
    '*.sql',
  );
  const umzug = new Umzug({
    migrations: {
      glob,
      resolve: ({ name, path: file }) => ({ name, up: () => sequelize.query(readFileSync(file ?? '', 'utf8')) }),
    },
    storage: new SequelizeStorage({ sequelize }),
    logger: undefined,
  });
  try {
    await umzug.up();
  } finally {
    await sequelize.close();
  }
}

async function runSequelize(scene: Scene): Promise<void> {
  const directory = folderOf(
    (up) => `module.exports = { up: (q) => q.sequelize.query(${JSON.stringify(up)}), down: () => Promise.resolve() };`,
    '.js',
  );
  const config = migrationFolder({ 'config.json': JSON.stringify({ development: configOf(scene) }) });
  const args = ['db:migrate', '--config', path.join(config, 'config.json'), '--migrations-path', directory];
  const NODE_ENV = 'development';
  await promisify(execFile)(path.join(PROGRAMS, 'sequelize-cli'), args, { env: { ...process.env, NODE_ENV } });
}

async function runDbmate({ server, name }: Scene): Promise<void> {
  const { host, port, user, password } = server;
  const url = `mysql://${user}:${password}@${host}:${port}/${name}?tls=preferred`;
  const directory = folderOf((up) => `-- migrate:up\n${up};\n-- migrate:down\n`, '.sql');
  await promisify(execFile)(path.join(PROGRAMS, 'dbmate'), [
    ...['--url', url, '--migrations-dir', directory, '--no-dump-schema', 'migrate'],
  ]);
}

function sequelizeOf(scene: Scene): Sequelize {
  const { username, password, database, ...options } = configOf(scene);
  return new Sequelize(database, username, password, options);
}

function configOf({ server: { host, port, user, password, caFile }, name }: Scene) {
  return {
    dialect: 'mysql' as const,
    ...{ host, port, username: user, password, database: name, logging: false as const },
    ...(caFile !== undefined && { dialectOptions: { ssl: { ca: readFileSync(caFile, 'utf8') } } }),
  };
}
