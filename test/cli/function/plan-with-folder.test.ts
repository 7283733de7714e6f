import path from 'node:path';
import { givenRelease } from '../../../cli/look/given-release';
import { migrationFolder } from '../../lib/source/migration-folder';
import { type AwsEndpoint, type Invoked, startAwsEndpoint } from '../aws-endpoint';
import { startProgram } from '../remote/remote-program';

const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE ${name};\n`;
const FILES = {
  'migrations/0001_a.sql': table('a'),
  'migrations/0002_b.sql': table('b'),
  'migrations/0003_c.sql': table('c'),
};

describe('a plan that a function makes, where there is a folder', () => {
  let endpoint: AwsEndpoint;
  let answers: Invoked[] = [];
  beforeAll(async () => {
    const invoke = (): Promise<Invoked> => Promise.resolve(answers.shift() ?? { kind: 'cut' });
    endpoint = await startAwsEndpoint({ resources: () => undefined, invoke });
  });
  afterAll(() => endpoint.close());

  it.each([
    ['of its own release, to which the folder has more since: what is new there is not applied', 'plan', []],
    ['of that folder: what is not pending is applied', 'plan migrations', ['out-of-order']],
  ])('%s', async (_, args, codes) => {
    const cwd = migrationFolder(FILES);
    const ofFolder = givenRelease({ name: 'migrations', path: path.join(cwd, 'migrations'), isGuess: true });
    const plan = { apply: ['0002_b'], contract: [], refused: null, revertFirst: [], migrations: [], tables: [] };
    answers = [{ kind: 'returned', payload: args === 'plan' ? ofFolder.completed(plan as never) : plan }];

    const { stdout } = await startProgram([...args.split(' '), '--function', 'f', '--json'], {
      cwd,
      environment: { AWS_ENDPOINT_URL: endpoint.url },
    }).ended;

    const { findings } = JSON.parse(stdout) as { findings: Readonly<Record<string, readonly { code: string }[]>> };
    expect(findings['0002_b']?.map(({ code }) => code)).toEqual(codes);
  });
});
