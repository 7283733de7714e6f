import { execFileSync } from 'node:child_process';
import { migrationFolder } from '../lib/source/migration-folder';
import { runProgram } from './run-program';

const MIGRATION = '-- migrate:up\nCREATE TABLE a (id INT);\n-- migrate:down\nDROP TABLE a;\n';

it.each([
  'lint migrations --base main',
  'prove migrations --changed main',
  'rehearse --app false',
  'rehearse --app false --from main',
])('a repository of another user is told as git tells it: %s', (args) => {
  const cwd = migrationFolder({ 'migrations/0001_a.sql': MIGRATION, 'cdk.json': '{"app":"false"}' });
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd });
  const result = runProgram(cwd, args.split(' '), { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' });
  expect(result).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /git does not look at .*, which belongs to another user \(dubious ownership\)\. Nothing was done\. If you trust it: git config --global --add safe\.directory \S+ \[git-failed\]\n$/,
    ) as string,
  });
});
