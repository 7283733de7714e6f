import type * as migrationSource from '../../../lib/source/migration-source';
import { CREATE_USER, migrationFolder } from './migration-folder';

jest.mock('aws-cdk-lib', () => {
  throw new Error('aws-cdk-lib is loaded');
});

let mockIsParserLoaded = false;
jest.mock('../../../lib/review/tables/table-statement-reader', () => {
  mockIsParserLoaded = true;
  return jest.requireActual<object>('../../../lib/review/tables/table-statement-reader');
});

const COPY =
  '-- migrate:up\nALTER TABLE user DROP PRIMARY KEY;\n-- migrate:down\nALTER TABLE user ADD PRIMARY KEY (id);\n';

test('migrations are read without the CDK, and reviewed where others cannot be read', () => {
  const { readMigrations } = jest.requireActual<typeof migrationSource>('../../../lib/source/migration-source');
  const { found, problems, warnings } = readMigrations(
    migrationFolder({
      '0001_user.sql': CREATE_USER,
      '0002_copy.sql': COPY,
      '0003_open.sql': "-- migrate:up\nDO 1; SELECT 'it\n-- migrate:down\nDO 1;",
    }),
  );

  expect(found).toBeUndefined();
  expect(problems.map(({ code, file, line, column }) => `${file}:${line}:${column} ${code}`)).toEqual([
    '0003_open.sql:2:14 unreadable-sql',
  ]);
  expect(warnings.map(({ code, file, line, column }) => `${file}:${line}:${column} ${code}`)).toEqual([
    '0002_copy.sql:2:1 table-copy',
  ]);
});

test('the review and its parser, which take longer than reading, are left until somebody asks for the warnings', () => {
  jest.resetModules();
  mockIsParserLoaded = false;
  const { readMigrations } = jest.requireActual<typeof migrationSource>('../../../lib/source/migration-source');
  const reading = readMigrations(migrationFolder({ '0001_user.sql': CREATE_USER, '0002_copy.sql': COPY }));

  expect(reading.found?.manifest.migrations).toHaveLength(2);
  expect(mockIsParserLoaded).toBe(false);
  expect(reading.warnings.map(({ code }) => code)).toEqual(['table-copy']);
  expect(mockIsParserLoaded).toBe(true);
});
