// umzug with its storage in the database, as its README shows it: files of SQL, run by sequelize.
'use strict';

const fs = require('node:fs');
const { Sequelize } = require('sequelize');
const { SequelizeStorage, Umzug } = require('umzug');

const { login, folder } = JSON.parse(process.argv[2]);
const { host, port, user, password, database, ca } = login;
const sequelize = new Sequelize(database, user, password, {
  host,
  port,
  dialect: 'mysql',
  dialectOptions: { ssl: { ca } },
  logging: false,
});
const umzug = new Umzug({
  migrations: {
    glob: ['*.sql', { cwd: folder }],
    resolve: ({ name, path }) => ({ name, up: () => sequelize.query(fs.readFileSync(path, 'utf8')) }),
  },
  storage: new SequelizeStorage({ sequelize }),
  logger: undefined,
});
umzug
  .up()
  .then(() => sequelize.close())
  .catch(fail);

function fail(error) {
  console.error(error);
  process.exit(1);
}
