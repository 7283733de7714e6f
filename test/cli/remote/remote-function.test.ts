import type { Rehearsal } from '../../../rehearsal/rehearsal';
import type { Invocation } from '../../../rehearsal/function/function-types';
import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers } from '../../servers';
import { synthesizeReleases } from '../../stacks/small-app';
import { PROFILE, USER } from '../../stacks/small-migrations';
import { rehearseOn, StackScene } from '../../stacks/stack-scene';
import { type AwsEndpoint, type Invoked, type ListedResource, startAwsEndpoint } from '../aws-endpoint';
import { type RunOptions, startProgram } from './remote-program';
import type { Run } from '../run-program';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE }, application: '2' },
});

let endpoint: AwsEndpoint;
const run = (args: string, options: RunOptions = {}): Promise<Run> =>
  startProgram(args.split(' '), {
    cwd: migrationFolder({}),
    ...options,
    environment: { AWS_ENDPOINT_URL: endpoint.url, ...options.environment },
  }).ended;

describe.each(stackServers())('the deployed function, on $name', (server) => {
  let rehearsal: Rehearsal;
  let scene: StackScene;
  beforeAll(async () => {
    rehearsal = await rehearseOn(server);
    scene = new StackScene(rehearsal);
    await scene.stack.deploy(RELEASES.first);
    await scene.stack.deploy(RELEASES.second);
    const resources = (): readonly ListedResource[] =>
      [...scene.stack.resources.values()].map(({ logicalId, type, physicalId }) => ({ logicalId, type, physicalId }));
    endpoint = await startAwsEndpoint({
      resources: (stack) => (stack === 'Small' ? resources() : undefined),
      invoke: async (_, event) => invokedOf(await scene.stack.invoke('Migrations', event)),
    });
  });
  afterAll(async () => {
    await endpoint.close();
    await scene.end();
    await rehearsal.stop();
  });

  it('is found by its stack, and status, plan and verify say what it answers', async () => {
    const { code, stdout } = await run('status --stack Small');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^the function \S+ of the stack Small, schema stack_\w+:\n/);
    expect(stdout).toContain('  0003_second_user  applied  1/1\n');
    expect(stdout).toMatch(/UTC, Update of Small-\w+, 0003_second_user,\n {4}applied, \d+\.\d s\n/);
    expect(stdout).toMatch(/Nothing is pending, and all is as the release says\.\n$/);
    expect((await run('plan --stack Small')).stdout).toMatch(/:\nNothing is pending\.\n$/);
    expect((await run('verify --stack Small')).stdout).toMatch(/: nothing found\n$/);
    expect((await run('watch --stack Small')).stdout).toMatch(
      /^Update of 0003_second_user: applied in 00:\d\d, 2 migrations\n$/,
    );
  });

  it('plans the deployment of a folder that it does not have', async () => {
    const note =
      '-- migrate:up\nALTER TABLE user ADD COLUMN note TEXT;\n-- migrate:down\nALTER TABLE user DROP COLUMN note;';
    const next = migrationFolder({ ...USER, ...PROFILE, '0004_note.sql': note });
    const { code, stdout } = await run(`plan ${next} --stack Small`);

    expect(code).toBe(2);
    expect(stdout.replaceAll(next, 'FOLDER')).toMatch(
      /^the function \S+ of the stack Small, when FOLDER is deployed:\n1 migration would be applied, in this order:\n\n0004_note \(0004_note\.sql\)\n {2}ALTER TABLE user ADD COLUMN note TEXT;\n {2}on user: about 2 rows, 0\.0 MB\n[^]*estimates\.\n$/,
    );
    expect(JSON.parse((await run(`plan ${next} --stack Small --json`)).stdout)).toMatchObject({
      apply: ['0004_note'],
      refused: null,
      migrations: [{ name: '0004_note', up: ['ALTER TABLE user ADD COLUMN note TEXT'] }],
      tables: [{ name: 'user' }],
    });
    expect(await run(`plan ${migrationFolder({ ...USER, ...PROFILE })} --stack Small`)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/is deployed:\nNothing is pending\.\n$/) as string,
    });
  });

  it('says why the deployment of a folder would be refused', async () => {
    expect(await run(`plan ${migrationFolder({ ...USER })} --stack Small`)).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /\n\nThe deployment would be refused: [^]*onRemoved\s+to\s+REVERT[^]*\[removed-migration\]\n$/,
      ) as string,
    });
    const edited = { ...USER, ...PROFILE, '0001_user.sql': USER['0001_user.sql'].replace('190', '191') };
    const { stdout } = await run(`plan -d ${migrationFolder(edited)} --stack Small`);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /The deployment would be refused: .*npx aurora-migrations repair [^"]*--stack Small[^"]*" .*\[checksum-changed\] $/,
    );
  });

  it('has its own release, and refuses a folder that is named rather than pass over it', async () => {
    for (const args of ['status -d more', 'verify more', 'up --yes more', 'down --all --yes -d more']) {
      expect(await run(`${args} --stack Small`)).toMatchObject({
        code: 64,
        stdout: '',
        stderr: expect.stringMatching(
          /^aurora-migrations: the folder more is named[^]*\[directory-not-read\]\n$/,
        ) as string,
      });
    }
  });

  it('is not spoken of where the database of its stack is named by a URL', async () => {
    const { user, password, host, port, caFile = '' } = server;
    const url = `mysql://${user}:${password}@${host}:${port}/${scene.database}?ssl-ca=${caFile}`;
    const { stdout } = await run(`plan --url ${url} ${migrationFolder({ ...USER })}`);

    expect(stdout).toMatch(/"up"\s+would\s+be\s+refused\s+now:\s+this\s+is\s+the\s+release\s+v1:/);
    expect(stdout).not.toContain('function');
  });

  it('goes down and up, and plan shows the SQL of its own code with what the review says of it', async () => {
    expect(await run('down --to 0001_user --yes --stack Small')).toMatchObject({
      code: 0,
      stdout: '2 migrations reverted:\n  0003_second_user\n  0002_profile\n',
    });
    const { code, stdout } = await run('plan --stack Small');
    expect(code).toBe(2);
    expect(stdout).toContain(
      '0002_profile (0002_profile.up.sql)\n  ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;\n',
    );
    expect(stdout).toMatch(/ {2}on user: about \d+ rows?, 0\.\d MB\n/);
    // What is newer in the folder here is not applied there.
    const beside = { ...USER, ...PROFILE, '0009_note.sql': USER['0001_user.sql'] };
    const files = Object.entries(beside).map(([file, text]) => [`migrations/${file}`, text]);
    const cwd = migrationFolder(Object.fromEntries(files) as Record<string, string>);
    const here = await run('plan --stack Small', { cwd });
    expect(here.stdout).toContain('migrations/0002_profile.up.sql:');
    expect(here.stdout).not.toContain('out-of-order');
    expect(stdout).toMatch(/ {2}ddl-with-dml\n/);
    expect(stdout).toContain('(JavaScript: what it runs, it decides when it runs)');

    expect(await run('up --stack Small')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^This would be applied .*no terminal to ask at/s) as string,
    });
    expect(await run('up --stack Small --yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 migrations applied/) as string,
    });
  });

  it('is invoked once for what changes something', async () => {
    const before = endpoint.invoked.length;
    await run('down --steps 1 --yes --function any');
    await run('up --yes --function any');

    expect(endpoint.invoked.slice(before).map(({ event }) => event)).toEqual([
      { command: 'status' },
      { command: 'down', to: '0002_profile' },
      { command: 'plan' },
      { command: 'up' },
    ]);
  });
});

function invokedOf({ outcome }: Invocation): Invoked {
  if (outcome.kind === 'returned') return { kind: 'returned', payload: outcome.payload };
  return { kind: 'function-error', payload: 'error' in outcome ? outcome.error : {} };
}
