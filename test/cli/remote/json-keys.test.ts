import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { connectTo } from '../../../rehearsal/servers/connect';
import { databaseAt } from '../../../rehearsal/servers/database-url';
import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers } from '../../servers';
import { startProgram } from './remote-program';

jest.setTimeout(120_000);

const FILES = {
  'migrations/0001_user.sql':
    '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n',
};

/** The keys that docs/cli.md has of a command, or of one of its results. */
function documented(command: string): readonly string[] {
  const document = fs.readFileSync(path.join(__dirname, '../../../docs/cli.md'), 'utf8');
  const [, section = ''] = document.split('### JSON\n');
  const row = section.split('\n').find((line) => line.startsWith(`| \`${command}\` `));
  if (row === undefined) throw new Error(`docs/cli.md has no keys of ${command}`);
  return [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, key = '']) => key).sort();
}

test.each(stackServers())('docs/cli.md has the keys of what is printed as JSON, on $name', async (server) => {
  const schema = `json_${randomUUID().slice(0, 8)}`;
  const outside = await connectTo(await databaseAt(server.url, 'the URL'));
  const url = new URL(server.url);
  url.pathname = `/${schema}`;
  const cwd = migrationFolder(FILES);
  const printed = async (args: string): Promise<object> => {
    const environment = { DATABASE_URL: url.href };
    const { stdout, stderr } = await startProgram(args.split(' '), { cwd, environment }).ended;
    const [line = ''] = stdout.split('\n');
    if (!line.startsWith('{')) throw new Error(`${args} prints no JSON: ${stdout}${stderr}`);
    return JSON.parse(line) as object;
  };
  const keys = async (args: string): Promise<readonly string[]> => Object.keys(await printed(args)).sort();
  await outside.query(`CREATE DATABASE ${schema}`);
  try {
    expect(await keys('plan --json')).toEqual(documented('plan'));
    expect(await keys('baseline --to 0001_user --json')).toEqual(documented('adopt'));
    expect(await keys('up --yes --json')).toEqual(documented('up'));
    const status = (await printed('status --diff --json')) as { readonly deployments: readonly [object] };
    expect(Object.keys(status).sort()).toEqual(documented('status'));
    expect(Object.keys(status.deployments[0]).sort()).toEqual(documented('deployments'));
    expect(await keys('verify --json')).toEqual(documented('verify'));
    expect(await keys('watch --json')).toEqual(documented('watch'));
    expect(await keys('repair --json')).toEqual(documented('repair'));
    expect(await keys('repair 0001_user --is applied --yes --json')).toEqual(documented('refused'));
    expect(await keys('down --steps 1 --yes --json')).toEqual(documented('down'));
    expect(await keys('repair 0001_user --is applied --yes --json')).toEqual(documented('repair NAME'));
    expect(await keys('repair 0001_user --is reverted --yes --json')).toEqual(documented('repair NAME'));
    expect(await keys(`prove --url ${new URL('/', url).href} --json`)).toEqual(documented('prove'));
    fs.writeFileSync(
      path.join(cwd, 'migrations/0002_none.sql'),
      '-- migrate:up\nDROP TABLE none;\n-- migrate:down\nDO 0;',
    );
    expect(await keys('up --yes --json')).toEqual(documented('failed'));
    expect(await keys('up --json')).toEqual(documented('refused'));
    expect(await printed('up --json')).toMatchObject({ kind: 'refused', failure: { code: 'not-confirmed' } });
    expect(await keys('lint nowhere --json')).toEqual(documented('error'));
  } finally {
    await outside.query(`DROP DATABASE IF EXISTS ${schema}`);
    await outside.end();
  }
});
