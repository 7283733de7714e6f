import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { migrationFolder } from '../../lib/source/migration-folder';
import { runProgram } from '../run-program';

/** An app that makes an assembly as quickly as can be, with a stack of each of these names. */
function app(stacks: Readonly<Record<string, object>>): string {
  const artifacts = Object.fromEntries(
    Object.keys(stacks).map((name) => [
      name,
      { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.template.json` } },
    ]),
  );
  return `const fs = require('node:fs'), out = process.env.CDK_OUTDIR;
    fs.writeFileSync(out + '/manifest.json', ${JSON.stringify(JSON.stringify({ artifacts }))});
    for (const [name, Resources] of Object.entries(${JSON.stringify(stacks)}))
      fs.writeFileSync(out + '/' + name + '.template.json', JSON.stringify({ Resources }));`;
}

const OURS = { Migrations: { Type: 'Custom::AuroraMigrations', Properties: {} } };
const OTHERS = { Topic: { Type: 'AWS::SNS::Topic' } };

const WITH_STAGE = `${app({ Shop: OURS, Web: OTHERS })}
    const stage = { Stage: { Type: 'String', AllowedValues: ['test', 'production'] }, Key: { Type: 'String', NoEcho: true, MinLength: 20 } };
    const file = out + '/Shop.template.json', shop = JSON.parse(fs.readFileSync(file));
    fs.writeFileSync(file, JSON.stringify({ ...shop, Parameters: stage }));`;

function project(text: string, more: Readonly<Record<string, string>> = {}): string {
  return migrationFolder({ 'cdk.json': JSON.stringify({ app: 'node app.js' }), 'app.js': text, ...more });
}

function commit(folder: string): void {
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], { cwd: folder });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
}

test.each([
  {
    what: 'a folder without an app',
    folder: () => migrationFolder({ 'readme.txt': '' }),
    says: /^aurora-migrations: there is no cdk\.json in .*--app.*--assembly.* Nothing was played \[app-unknown\]$/m,
  },
  {
    what: 'an app that fails, with what it said',
    folder: () => project(`console.log('some output'); console.error('Error: no such VPC'); process.exit(3);`),
    says: /the app of the working tree cannot be synthesized: "node app\.js" in .* ended with exit code 3\. Nothing was played\. It said:\n(?:.*\n)*? {2}Error: no such VPC\n\[?/,
  },
  {
    what: 'an app that is none of the CDK',
    folder: () => project(`console.log('hello');`),
    says: /made no cloud assembly: does it call app\.synth\(\).* It said:\n {2}hello\n \[app-failed\]/,
  },
  {
    what: 'a cdk.json that cannot be read',
    folder: () => migrationFolder({ 'cdk.json': '{' }),
    says: /cdk\.json is not JSON \(.*\): correct it\. Nothing was played \[settings-unusable\]/,
  },
  {
    what: 'an assembly without migrations, with the stacks that there are',
    folder: () => project(app({ Network: OTHERS, Web: OTHERS })),
    says: /there is no AuroraMigrations in the working tree, which has the stacks Network, Web: .* \[no-migrations\]/,
  },
  {
    what: 'several stacks with migrations',
    folder: () => project(app({ Test: OURS, Production: OURS, Web: OTHERS })),
    says: /several stacks have migrations: name one of Test, Production with --stack\. Nothing was played \[stack-unclear\]/,
  },
  {
    what: 'a stack that is not there',
    folder: () => project(app({ Test: OURS })),
    args: ['--stack', 'Tset'],
    says: /no stack Tset with migrations is in the working tree; there are Test\. Nothing was played \[stack-unknown\]/,
  },
  {
    what: 'an assembly without the code of its functions',
    folder: () => project(app({ Shop: OURS })),
    says: /the code of the function that serves Migrations is not here .* \[asset-missing\]/,
  },
  {
    what: 'a folder that is no assembly',
    folder: () => migrationFolder({ 'cdk.out/readme.txt': '' }),
    args: ['--assembly', 'cdk.out'],
    says: /cdk\.out is no cloud assembly: it has no manifest\.json\..* \[assembly-missing\]/,
  },
  {
    what: 'a parameter that the template does not have, with those that it has',
    folder: () => project(WITH_STAGE),
    args: ['--parameters', 'Stge=test'],
    says: /--parameters Stge: the template of Shop has no such parameter; it has Stage, Key\. Nothing was played \[parameter-unusable\]/,
    code: 64,
  },
  {
    what: 'a value that CloudFormation would refuse',
    folder: () => project(WITH_STAGE),
    args: ['--parameters', 'Web:Stage=nothing', '--parameters', 'Shop:Stage=live'],
    says: /--parameters Stage: "live" is none of test, production, so that CloudFormation would refuse it\. Nothing/,
    code: 64,
  },
  {
    what: 'a value that nobody shall see',
    folder: () => project(WITH_STAGE),
    args: ['--parameters', 'Key=hush'],
    says: /--parameters Key: its value is shorter than 20(?![^]*hush)/,
    code: 64,
  },
  {
    what: 'a parameter of a stack that is not there',
    folder: () => project(WITH_STAGE),
    args: ['--parameters', 'Shp:Stage=test'],
    says: /--parameters Shp:Stage: there is no stack Shp; there are Shop, Web\. Nothing was played/,
    code: 64,
  },
  {
    what: 'a parameter without a value',
    folder: () => migrationFolder({ 'readme.txt': '' }),
    args: ['--parameters', 'Stage'],
    says: /--parameters Stage: write \[STACK:\]NAME=VALUE, as for "cdk deploy"\. Nothing was played/,
    code: 64,
  },
  {
    what: 'a ref outside of a repository',
    folder: () => project(app({ Shop: OURS })),
    args: ['--from', 'main'],
    says: /is in no git repository, so that there is no main: leave --from out\. Nothing was played \[git-missing\]/,
  },
  {
    what: 'a ref that git does not know',
    folder: () => {
      const folder = project(app({ Shop: OURS }));
      commit(folder);
      return folder;
    },
    args: ['--from', 'v9'],
    says: /git knows no commit v9: fetch it .* or correct --from\. Nothing was played \[base-unknown\]/,
  },
])('says what to do: $what', ({ folder, args = [], says, code: expected = 1 }) => {
  const { code, stdout, stderr } = runProgram(folder(), ['rehearse', ...args]);

  expect(stderr).toMatch(says);
  expect(stderr).not.toContain('a fault of the program');
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
});

test('a report is of a kind that there is, before anything is done', () => {
  const { code, stderr } = runProgram(migrationFolder({ 'readme.txt': '' }), ['rehearse', '--report', 'report.pdf']);

  expect(code).toBe(64);
  expect(stderr).toContain('--report report.pdf: it is told by the ending what to write, .html or .md');
});

test.each([
  { what: 'below a file', file: 'readme.txt/report.html', because: /\/readme\.txt is no folder/ },
  { what: 'that is a folder', file: 'folder.md', because: /it is a folder/ },
  { what: 'where the system lets nobody write', file: '/proc/report.html', because: /\/proc may not be written to/ },
])('a report $what is refused before anything is done', ({ file, because }) => {
  const folder = migrationFolder({ 'readme.txt': '', 'folder.md/readme.txt': '' });
  const { code, stdout, stderr } = runProgram(folder, ['rehearse', '--report', file]);

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(because);
  expect(stderr).toMatch(
    /^aurora-migrations: --report \S+: it cannot be written, since .*\. Nothing was played: name another file \[file-unwritable\]$/m,
  );
  expect(fs.readdirSync(folder).sort()).toEqual(['folder.md', 'readme.txt']);
});

test('the app of the release before is run with what the working tree has installed', () => {
  const folder = project(app({ Shop: OURS }), { 'node_modules/own/index.js': 'module.exports = {};' });
  const base = `require('own'); console.error('ran in ' + process.cwd()); process.exit(1);`;
  fs.writeFileSync(`${folder}/.gitignore`, 'node_modules\n');
  const now = fs.readFileSync(`${folder}/app.js`, 'utf8');
  fs.writeFileSync(`${folder}/app.js`, base);
  commit(folder);
  fs.writeFileSync(`${folder}/app.js`, now);
  const { code, stderr } = runProgram(folder, ['rehearse']);

  expect(code).toBe(1);
  expect(stderr).toMatch(/the app of HEAD \([0-9a-f]{7}\) cannot be synthesized/);
  expect(stderr).toMatch(/ {2}ran in (?!.*migrations-).*rehearse-\w+/);
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })).toBe(' M app.js\n');
});
