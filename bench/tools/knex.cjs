// knex's own runner, each migration outside of a transaction, which DDL would end anyway.
'use strict';

const { login, folder } = JSON.parse(process.argv[2]);
const { host, port, user, password, database, ca } = login;
const knex = require('knex')({
  client: 'mysql2',
  connection: { host, port, user, password, database, ssl: { ca } },
  migrations: { directory: folder, disableTransactions: true },
});
knex.migrate
  .latest()
  .then(() => knex.destroy())
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
