import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { changedSince } from '../../../cli/prove/changed-since';
import { migrationFolder } from '../../lib/source/migration-folder';

const folder = migrationFolder({ 'app/migrations/0001_a.sql': 'SELECT 1;', 'app/migrations/0002_b.sql': 'SELECT 1;' });
const directory = path.join(folder, 'app/migrations');
beforeAll(() => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message=a');
  writeFileSync(path.join(directory, '0002_b.sql'), 'SELECT 2;');
  writeFileSync(path.join(directory, '0003_c.sql'), 'SELECT 3;');
});
const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
  delete process.env.GIT_DIR;
  delete process.env.GIT_INDEX_FILE;
});

test('what was edited and what is new has changed since a commit', () => {
  expect([...changedSince(directory, 'HEAD')]).toEqual(['0002_b.sql', '0003_c.sql']);
});

test('so it is in a hook, where git names its repository', () => {
  process.env.GIT_DIR = path.join(folder, '.git');
  process.env.GIT_INDEX_FILE = path.join(folder, '.git/index');
  expect([...changedSince(directory, 'HEAD')]).toEqual(['0002_b.sql', '0003_c.sql']);
});

test('an unknown commit, and no git at all, are told by their codes', () => {
  expect(() => changedSince(directory, 'nowhere')).toThrow(expect.objectContaining({ code: 'base-unknown' }));
  expect(() => changedSince(migrationFolder({ a: '' }), 'HEAD')).toThrow('it is in no git repository');
  process.env.PATH = '/nowhere';
  expect(() => changedSince(directory, 'HEAD')).toThrow(expect.objectContaining({ code: 'git-missing' }));
});
