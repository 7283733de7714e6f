import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers } from '../../servers';
import { printedFor } from '../printed-for';

jest.setTimeout(120_000);

test.each(stackServers())('on $name a module that fails says which tool it is written for', async (server) => {
  const source = "exports.up = (knex) => knex.schema.createTable('a', () => {});\nexports.down = (knex) => {};\n";
  const { lines } = await printedFor(server, migrationFolder({ '0001_a.js': source }));
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {4}note: it is written for knex, and its up is given \{ query \} here: /),
  );
});
