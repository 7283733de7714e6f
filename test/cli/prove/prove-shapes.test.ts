import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers } from '../../servers';
import { printedFor } from '../printed-for';

jest.setTimeout(120_000);

const SHAPES = [
  ...['GEOMETRY', 'POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON'],
  'GEOMETRYCOLLECTION',
];

test.each(stackServers())('on $name rows have shapes of each kind, in the system that a column has', async (server) => {
  const srid = server.kind === 'mysql' ? ' SRID 4326' : '';
  const columns = SHAPES.map((type, at) => `c${at} ${type} NOT NULL${srid}`).join(', ');
  const folder = migrationFolder({
    '0001_shape.sql': `-- migrate:up\nCREATE TABLE shape (id INT PRIMARY KEY, ${columns});\n-- migrate:down\nDROP TABLE shape;\n`,
    '0002_empty.sql': '-- migrate:up\nDELETE FROM shape WHERE id > 0;\n-- migrate:down\nDO 0;\n',
  });

  const { lines } = await printedFor(server, folder);

  expect(lines.filter((line) => line.includes('note:'))).toEqual([]);
  expect(lines.join('\n')).toContain('rows of shape');
});
