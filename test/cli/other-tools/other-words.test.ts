import { migrationFolder } from '../../lib/source/migration-folder';
import { runProgram } from '../run-program';

test.each([
  ['a command', 'migrate', /unknown command 'migrate'\n\(Here it is up\)\nSee /],
  ['one with its namespace', 'db:rollback', /unknown command 'db:rollback'\n\(Here it is down\)\n/],
  ['one that looks like another', 'version', /'version'\n\(Here it is --version\)\nSee /],
  ['an option', 'up --dry-run', /option '--dry-run'\n\(Here it is plan\)\nSee /],
])('%s of another tool is told with its name here', (_, args, stderr) => {
  expect(runProgram(migrationFolder({}), args.split(' '))).toEqual({
    code: 64,
    stdout: '',
    stderr: expect.stringMatching(stderr),
  });
});

test('a tool whose history is not read is refused with the way that there is', () => {
  const { code, stderr } = runProgram(migrationFolder({}), ['adopt', '--from', 'prisma']);
  expect([code, stderr]).toEqual([64, expect.stringMatching(/Allowed choices are umzug, .* baseline --to NAME"/)]);
});
