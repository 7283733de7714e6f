import * as fs from 'node:fs';
import * as path from 'node:path';
import { readMigrations } from '../../../lib/source/migration-source';
import { CREATE_USER, migrationFolder } from './migration-folder';

test('a link to a file counts as the file', () => {
  const elsewhere = migrationFolder({ 'a.sql': CREATE_USER });
  const folder = migrationFolder({});
  fs.symlinkSync(path.join(elsewhere, 'a.sql'), path.join(folder, '0001_a.sql'));

  expect([...readMigrations(folder).found!.scripts.keys()]).toEqual(['0001_a.json']);
});

test('a link to what is not there is named, wherever it lies', () => {
  const folder = migrationFolder({ '0001_a.sql': CREATE_USER, 'old/0001_b.sql': CREATE_USER });
  for (const link of ['0002_b.sql', 'old/0002_b.sql']) fs.symlinkSync('nowhere.sql', path.join(folder, link));

  const { found, problems, nested } = readMigrations(folder);
  expect(found).toBeUndefined();
  expect(problems).toMatchObject([
    { code: 'unknown-file', file: '0002_b.sql', problem: expect.stringContaining('it is a link to') },
  ]);
  expect(nested).toEqual(['old (0001_b.sql)']);
});
