import { readMigrations } from '../../../lib/source/migration-source';
import { CREATE_USER, migrationFolder } from './migration-folder';

jest.mock('node:module', () => ({
  ...jest.requireActual<object>('node:module'),
  createRequire: () => ({
    resolve: () => {
      throw new Error('not installed');
    },
  }),
}));

test('without esbuild, SQL is read as ever', () => {
  expect(readMigrations(migrationFolder({ '0001_a.sql': CREATE_USER })).problems).toEqual([]);
});

test('without esbuild, a module is a problem that says how to install it', () => {
  const folder = migrationFolder({ '0001_a.sql': CREATE_USER, '0002_b.ts': 'export const up = 1;' });

  expect(readMigrations(folder).problems).toEqual([
    {
      code: 'esbuild-missing',
      file: '0002_b.ts',
      problem: expect.stringContaining('npm install --save-dev esbuild'),
    },
  ]);
});
