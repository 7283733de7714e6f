import { stackServers } from '../../servers';
import { RemoteSchema } from './remote-schema';

jest.setTimeout(120_000);

const FILES = {
  'migrations/0001_loud.js':
    'console.log("as it is loaded");\n' +
    'export async function up({ query }) { console.log("in its up"); await query(`CREATE TABLE user (id INT)`); }\n' +
    'export async function down({ query }) { console.info("in its down"); await query(`DROP TABLE user`); }\n',
};

describe.each(stackServers())('what a JavaScript migration logs is not in the result, on $name', (server) => {
  let remote: RemoteSchema;
  beforeEach(async () => (remote = await RemoteSchema.make(server)));
  afterEach(() => remote.end());

  it('of what is done on a server', async () => {
    const said = new Set<string>();
    for (const args of [
      'lint --json',
      'status --json',
      'plan --json',
      'up --yes --json',
      'down --steps 1 --yes --json',
    ]) {
      const { stdout, stderr } = await remote.run(args, {}, FILES);
      expect(() => JSON.parse(stdout) as unknown).not.toThrow();
      for (const [line] of stderr.matchAll(/^(?:as|in) it.*$/gm)) said.add(line);
    }
    expect([...said].sort()).toEqual(['as it is loaded', 'in its down', 'in its up']);
  });

  it('and of a throwaway server', async () => {
    const proved = await remote.run('prove --json', {}, FILES);
    expect(() => JSON.parse(proved.stdout) as unknown).not.toThrow();
    expect(proved.stderr).toContain('in its down');

    const { stdout } = await remote.run('dump migrations', {}, FILES);
    expect(stdout).toMatch(/CREATE TABLE `user`/);
    expect(stdout).not.toMatch(/it is loaded|in its/);
  });
});
