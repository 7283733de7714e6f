import { spawnSync } from 'node:child_process';
import { migrationFolder } from '../lib/source/migration-folder';
import { PROGRAM, runProgram } from './run-program';

const NOWHERE = '--url mysql://root@127.0.0.1:1/app';

describe('with --json, what could not be done is said on stdout, too', () => {
  it.each([
    ['lint nowhere --json', 1, 'error', 'directory-missing'],
    ['lint nowhere --format json', 1, 'error', 'directory-missing'],
    ['lint nowhere --format=json', 1, 'error', 'directory-missing'],
    ['status --json', 64, 'error', 'no-target'],
    [`status --json ${NOWHERE}`, 1, 'error', 'cannot-connect'],
    [`up --json ${NOWHERE}`, 1, 'error', 'cannot-connect'],
    ['rehearse --json --app false', 1, 'error', 'app-failed'],
    ['prove --json --base-schema none.sql migrations', 1, 'error', 'base-schema-unusable'],
  ])('%s', (args, code, kind, failure) => {
    const cwd = migrationFolder({ 'migrations/0001_a.sql': '-- migrate:up\nDO 0;\n-- migrate:down\nDO 0;\n' });
    const { stdout, stderr, ...run } = runProgram(cwd, args.split(' '), { CONNECT_SECONDS: '1' });
    expect(run).toEqual({ code });
    const told = JSON.parse(stdout) as { readonly failure: { readonly message: string } };
    expect(told).toMatchObject({ kind, failure: { code: failure } });
    expect(stderr).toContain(told.failure.message);
  });

  it('and without it on stderr alone', () => {
    expect(runProgram(migrationFolder({}), ['lint', 'nowhere'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('a full disk, with what to do', () => {
    const full = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
      fs.writeFileSync = () => { throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }); };
      syncBuiltinESMExports();`;
    const { code, stderr } = runProgram(migrationFolder({}), ['create', 'a', '--directory', '.'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(full)}`,
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/make room there .*TMPDIR.* \[ENOSPC\]\n$/),
    });
  });

  it('a fault of the program, too', () => {
    const break_ = `data:text/javascript,${encodeURIComponent('JSON.parse = () => { throw new Error("broken") }')}`;
    const cwd = migrationFolder({ 'cdk.json': '{"context":{}}' });
    const { stdout } = spawnSync(process.execPath, ['--import', break_, PROGRAM, 'status', '--json'], {
      cwd,
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'error' });
  });
});
