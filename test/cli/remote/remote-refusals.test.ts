import { migrationFolder } from '../../lib/source/migration-folder';
import { servers } from '../../servers';
import { startProgram } from './remote-program';
import type { Run } from '../run-program';

jest.setTimeout(120_000);

describe('what is wrong with a server', () => {
  const [server] = servers();
  const run = (url: string, command = 'status'): Promise<Run> =>
    startProgram([command, '--url', url], { cwd: migrationFolder({}) }).ended;
  const at = `${server!.host}:${server!.port}`;
  const login = `${encodeURIComponent(server!.user)}:${encodeURIComponent(server!.password)}`;
  const { search } = new URL(server!.url);

  it.each([
    [
      'a dead server',
      'mysql://root@127.0.0.1:1/app',
      /nothing listens at 127\.0\.0\.1:1: start the server.*\[cannot-connect\]/,
    ],
    ['an unknown host', 'mysql://root@nowhere.invalid/app', /there is no host nowhere\.invalid .*\[cannot-connect\]/],
    [
      'a wrong password',
      `mysql://nobody:wrong@${at}/app${search}`,
      /refuses the user nobody or the password .*\[cannot-connect\]/,
    ],
    [
      'no such schema',
      `mysql://${login}@${at}/nowhere${search}`,
      /has no schema nowhere: create it, .*\[cannot-connect\]/,
    ],
    [
      'a certificate of nobody',
      `mysql://${login}@${at}/mysql?ssl-mode=VERIFY_IDENTITY`,
      /certificate of the server at .* is not trusted .*ssl-ca=/,
    ],
    [
      'no file of authorities',
      `mysql://${login}@${at}/mysql?ssl-ca=/nowhere.pem`,
      /there is no file \/nowhere\.pem: correct ssl-ca in --url/,
    ],
    ['no URL', 'app', /--url is no URL: expected mysql:.*\[url-unusable\]/],
  ])('%s', async (_, url, stderr) => {
    const { code, stdout, stderr: said } = await run(url);
    expect([code, stdout, said]).toEqual([1, '', expect.stringMatching(stderr)]);
    expect(said).not.toMatch(/ {4}at |wrong@/);
  });

  it('a server of another machine is looked at, and never written to', async () => {
    // To this machine all the same, by a name that does not say so.
    const elsewhere = `mysql://${login}@0.0.0.0:${server!.port}/mysql?ssl-mode=REQUIRED`;
    const folder = migrationFolder({
      'migrations/0001_a.sql': '-- migrate:up\nCREATE TABLE a (id INT);\n-- migrate:down\nDROP TABLE a;\n',
    });
    const at = (args: string): Promise<Run> =>
      startProgram([...args.split(' '), '--url', elsewhere], { cwd: folder }).ended;

    expect(await at('status')).toMatchObject({ code: 2, stdout: expect.stringMatching(/0001_a +pending/) as string });
    // There is nothing that could go down, which is said before anything is sent.
    expect(await at('down --steps 1 --yes')).toMatchObject({ code: 2 });
    for (const args of ['up --yes', 'up', 'repair 0001_a --is applied --yes', 'repair 0001_a --is applied']) {
      expect([args, await at(args)]).toMatchObject([
        args,
        { code: 2, stderr: expect.stringContaining('[not-loopback]') as string },
      ]);
    }
  });
});
