// drizzle-orm's own runner.
'use strict';

const { drizzle } = require('drizzle-orm/mysql2');
const { migrate } = require('drizzle-orm/mysql2/migrator');
const mysql = require('mysql2/promise');

const { login, folder } = JSON.parse(process.argv[2]);
const { host, port, user, password, database, ca } = login;

async function main() {
  const connection = await mysql.createConnection({ host, port, user, password, database, ssl: { ca } });
  await migrate(drizzle(connection), { migrationsFolder: folder });
  await connection.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
