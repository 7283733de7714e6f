import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Checkout, checkOut } from '../../../cli/rehearse/release/checkout';
import { movedEnvironment, movedPaths, otherNames } from '../../../cli/rehearse/release/moved-paths';
import { migrationFolder } from '../../lib/source/migration-folder';

jest.setTimeout(60_000);

let folder: string;
let into: string;
beforeEach(() => {
  into = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'installed-')));
});
afterEach(() => fs.rmSync(into, { recursive: true, force: true }));

/** A working tree with these files, of which git keeps the ones that are not installed. */
function project(files: Readonly<Record<string, string>>): void {
  const ignored = 'node_modules\n.venv\nenv\n.env\n.pnp.*\n.yarn\n';
  folder = fs.realpathSync(migrationFolder({ 'app.js': '', '.gitignore': ignored, ...files }));
}

function checkedOut(build?: string, app = 'npx ts-node --prefer-ts-exts bin/app.ts'): Checkout {
  fs.writeFileSync(path.join(folder, 'cdk.json'), JSON.stringify({ app, build }));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
  return checkOut(folder, git('rev-parse', 'HEAD').trim(), into);
}

/** All that stands in a folder, with its text. */
function contents(of: string): Readonly<Record<string, string>> {
  const entries = fs.readdirSync(of, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map((file) => [path.relative(of, file), fs.readFileSync(file, 'utf8')]));
}

const PACKAGES = {
  'node_modules/one/index.js': 'module.exports = 1;',
  'node_modules/@scope/two/index.js': 'module.exports = 2;',
  'node_modules/.bin/three': '#!/bin/sh\necho three "$@"\n',
  'node_modules/.prisma/client/index.js': 'client',
  'node_modules/.package-lock.json': '{}',
  'infra/node_modules/four/index.js': 'module.exports = 4;',
  'infra/readme.txt': '',
};

describe('packages of the working tree', () => {
  const LOCK = { name: 'a', version: '1.0.0', lockfileVersion: 3, packages: { '': { name: 'a', version: '1.0.0' } } };
  beforeEach(() => {
    const own = { 'package.json': '{ "name": "a", "version": "1.0.0" }', 'package-lock.json': JSON.stringify(LOCK) };
    project({ ...PACKAGES, ...own });
    fs.chmodSync(path.join(folder, 'node_modules/.bin/three'), 0o755);
  });

  test.each([
    ['npm ci', undefined],
    ['npm ci', 'npm ci'],
    ['rm -rf node_modules/* infra/node_modules', undefined],
    ['rm -rf node_modules/@scope/* node_modules/.bin/* node_modules/.prisma', undefined],
    ['for each in one @scope/two; do rm -rf node_modules/$each; mkdir node_modules/$each; done', undefined],
    ['echo patched > node_modules/one/index.js; echo > node_modules/.prisma/client/index.js', 'npm run build'],
    ['echo patched > infra/node_modules/four/index.js', 'npx patch-package'],
  ])('stay as they are: %s, where build is %s', (command, build) => {
    const before = contents(folder);
    const { folder: app } = checkedOut(build);
    const there = (): string =>
      execFileSync('node', ['-p', 'require("one") + require("@scope/two") + require("./infra/node_modules/four")'], {
        cwd: app,
        encoding: 'utf8',
      });
    expect(there()).toBe('7\n');
    expect(execFileSync(path.join(app, 'node_modules/.bin/three'), ['a b'], { encoding: 'utf8' })).toBe('three a b\n');

    execFileSync(command, { cwd: app, shell: true, stdio: 'ignore' });

    const after = contents(folder);
    expect(Object.fromEntries(Object.keys(before).map((file) => [file, after[file]]))).toEqual(before);
  });

  test.each([
    ['npx ts-node --prefer-ts-exts bin/app.ts', true],
    ['NODE_ENV=test node --enable-source-maps bin/run.js', true],
    ['pnpm exec tsx bin/app.ts', true],
    ['uv run python app.py', true],
    ['node_modules/.bin/tsx app.ts', true],
    ['npm run synth', false],
    ['yarn synth', false],
    ['bun run synth', false],
    ['npx prisma generate && npx tsx bin/app.ts', false],
    ['npx tsx bin/app.ts; npm rebuild', false],
    ['./synth.sh', false],
  ])('are linked only where nothing but a program is started: %s', (app, isLinked) => {
    const { files } = checkedOut(undefined, app);

    expect(fs.lstatSync(path.join(files, 'node_modules/one')).isSymbolicLink()).toBe(isLinked);
    expect(fs.lstatSync(path.join(files, 'node_modules')).isSymbolicLink()).toBe(false);
  });

  test('that are folders of the repository are those of the commit, copied or linked', () => {
    fs.mkdirSync(path.join(folder, 'packages/own'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'packages/own/index.js'), '');
    fs.symlinkSync(path.join(folder, 'packages/own'), path.join(folder, 'node_modules/@scope/own'));
    for (const build of [undefined, 'tsc']) {
      const { files } = checkedOut(build);
      expect(fs.realpathSync(path.join(files, 'node_modules/@scope/own'))).toBe(path.join(files, 'packages/own'));
      fs.rmSync(files, { recursive: true });
      fs.writeFileSync(path.join(folder, 'packages/own/index.js'), 'changed');
    }
  });
});

test.each([undefined, 'tsc'])('a package beside the repository is found, where build is %s', (build) => {
  project({ 'node_modules/one/index.js': '' });
  const beside = fs.realpathSync(migrationFolder({ 'index.js': 'module.exports = 9;' }));
  fs.mkdirSync(path.join(folder, 'node_modules/@scope'));
  for (const name of ['beside', '@scope/beside']) {
    const link = path.join(folder, 'node_modules', name);
    fs.symlinkSync(path.relative(path.dirname(link), beside), link);
  }
  const { folder: app } = checkedOut(build);

  const call = ['-p', 'require("beside") + require("@scope/beside")'];
  expect(execFileSync('node', call, { cwd: app, encoding: 'utf8' })).toBe('18\n');
});

test('packages in a folder above the repository are found, as by Node', () => {
  const above = fs.realpathSync(migrationFolder({ 'node_modules/one/index.js': 'module.exports = 1;' }));
  project({ 'node_modules/two/index.js': 'module.exports = 2;' });
  fs.renameSync(folder, path.join(above, 'repository'));
  folder = path.join(above, 'repository');
  const { folder: app } = checkedOut();

  expect(execFileSync('node', ['-p', 'require("one") + require("two")'], { cwd: app, encoding: 'utf8' })).toBe('3\n');
});

test('what the copying says first is told, however many files it cannot copy', () => {
  project({ 'node_modules/one/index.js': '' });
  const cp = '#!/bin/sh\necho "cp: no space left on device" >&2\nyes "and so on" >&2\n';
  const programs = fs.realpathSync(migrationFolder({ cp }));
  fs.chmodSync(path.join(programs, 'cp'), 0o755);
  const { PATH: before } = process.env;
  try {
    process.env.PATH = `${programs}:${before ?? ''}`;
    expect(() => checkedOut('tsc')).toThrow('cannot be copied for the base release ("cp: no space left on device")');
  } finally {
    process.env.PATH = before;
  }
});

test.each([
  ['npx ts-node app.ts', undefined, true],
  ['npx ts-node app.ts', 'tsc', false],
  ['uv run app.py', undefined, false],
  ['python3 app.py', undefined, false],
  ['.venv/bin/python3.13 app.py', undefined, false],
])('an environment of Python is a link where only JavaScript is run: %s, build %s', (app, build, isLinked) => {
  project({ '.venv/pyvenv.cfg': '' });
  const { files } = checkedOut(build, app);

  expect(fs.lstatSync(path.join(files, '.venv')).isSymbolicLink()).toBe(isLinked);
});

test('an environment of Python that was made and is called by way of a link is moved, too', () => {
  project({ '.venv/pyvenv.cfg': '', '.venv/bin/python': '' });
  const link = path.join(into, 'link');
  fs.symlinkSync(folder, link);
  fs.writeFileSync(path.join(folder, '.venv/bin/pip'), `#!${link}/.venv/bin/python\n`);
  const { VIRTUAL_ENV: before } = process.env;
  process.env.VIRTUAL_ENV = `${link}/.venv`;
  try {
    const checkout = checkedOut(undefined, 'python app.py');
    const { files } = checkout;
    expect(fs.readFileSync(path.join(files, '.venv/bin/pip'), 'utf8')).toBe(`#!${files}/.venv/bin/python\n`);
    expect(movedEnvironment({ PATH: `${link}/.venv/bin:/bin` }, checkout)).toEqual({ PATH: `${files}/.venv/bin:/bin` });
  } finally {
    if (before === undefined) delete process.env.VIRTUAL_ENV;
    else process.env.VIRTUAL_ENV = before;
  }
});

test('what a folder is called by way of a link is told from a path into it', () => {
  project({ 'infra/.venv/pyvenv.cfg': '' });
  const link = path.join(into, 'link');
  fs.symlinkSync(folder, link);
  const inFolder = path.join(folder, 'infra');
  expect(otherNames(folder, [inFolder, `${link}/infra`, `${link}/infra/.venv`, undefined, 'infra', '/gone'])).toEqual([
    link,
  ]);
});

test('blanks may be in the paths of a repository, and between them', () => {
  const [root, files] = ['/my work', path.join(into, 'my files')];
  for (const name of ['.venv/bin', 'an app/.venv/bin']) fs.mkdirSync(path.join(files, name), { recursive: true });
  const moved = { root, files };
  expect(movedPaths(`${root}/an app/.venv/bin:${root}/a tool/bin:/usr/bin`, moved)).toBe(
    `${files}/an app/.venv/bin:${root}/a tool/bin:/usr/bin`,
  );
  expect(movedPaths(`${root}/.venv/bin ${root}/gone  ${root}/an app ${root}`, moved)).toBe(
    `${files}/.venv/bin ${root}/gone  ${files}/an app ${files}`,
  );
});

test.each(['.venv', 'env'])('an environment of Python, here %s, is a copy that installs into itself', (name) => {
  const python = '#!/bin/sh\n[ "$1" ] || exit 1; shift; echo "$@" > "$(dirname "$0")/../installed"\n';
  project({ [`${name}/pyvenv.cfg`]: 'home = /usr/bin\n', [`${name}/bin/python`]: python });
  const environment = path.join(folder, name);
  const files = {
    'bin/pip': `#!${environment}/bin/python\n`,
    'bin/activate': `VIRTUAL_ENV='${environment}'\nPATH="$VIRTUAL_ENV/bin:$PATH"\n`,
    'lib/python3.13/site-packages/own.pth': `${folder}\n/elsewhere\n`,
  };
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(environment, file)), { recursive: true });
    fs.writeFileSync(path.join(environment, file), text, { mode: 0o755 });
  }
  fs.chmodSync(path.join(environment, 'bin/python'), 0o755);
  const before = contents(environment);

  const { folder: app } = checkedOut(undefined, 'python app.py');
  for (const call of [`${name}/bin/pip one`, `. ./${name}/bin/activate && pip two`])
    execFileSync(call, { cwd: app, shell: true });

  const own = contents(path.join(app, name));
  expect(own).toMatchObject({
    installed: 'two\n',
    // A package that is the repository's own is the commit's.
    'lib/python3.13/site-packages/own.pth': `${app}\n/elsewhere\n`,
  });
  expect(contents(environment)).toEqual(before);
});

test('a file that only the working tree has is a copy', () => {
  project({ '.env': 'STAGE=test' });
  const { folder: app } = checkedOut();
  expect(fs.readFileSync(path.join(app, '.env'), 'utf8')).toBe('STAGE=test');
  fs.writeFileSync(path.join(app, '.env'), 'STAGE=changed');

  expect(fs.readFileSync(path.join(folder, '.env'), 'utf8')).toBe('STAGE=test');
});

test('what the environment says of the working tree is said of the commit, as far as that has it', () => {
  const files = path.join(into, 'files');
  for (const name of ['.venv/bin', '.venv/bin/python']) fs.mkdirSync(path.join(files, name), { recursive: true });
  const moved = { root: '/work', files };
  const environment = {
    PATH: '/work/.venv/bin:/work/tools:/work2/.venv/bin:/other/work/.venv/bin:/usr/bin',
    VIRTUAL_ENV: '/work/.venv',
    NODE_OPTIONS: '--require /work/.pnp.cjs',
    GITHUB_WORKSPACE: '/work',
    HOME: '/work',
    UV_PROJECT_ENVIRONMENT: '/home/somebody/environment',
  };
  const path_ = `${files}/.venv/bin:/work/tools:/work2/.venv/bin:/other/work/.venv/bin:/usr/bin`;
  expect(movedEnvironment(environment, moved)).toEqual({
    ...environment,
    ...{ PATH: path_, VIRTUAL_ENV: `${files}/.venv`, GITHUB_WORKSPACE: files, UV_PROJECT_ENVIRONMENT: undefined },
  });
  expect(movedEnvironment({ UV_PROJECT_ENVIRONMENT: 'env' }, moved)).toEqual({ UV_PROJECT_ENVIRONMENT: 'env' });
  expect(movedPaths('/ and /usr', { root: '/', files })).toBe('/ and /usr');
  expect(movedPaths('"/work/.venv/bin/python" app.py', moved)).toBe(`"${files}/.venv/bin/python" app.py`);
});

test("Yarn's map of packages names what is not among the commit's files where it is", () => {
  const elsewhere = fs.realpathSync(migrationFolder({ 'cache/one.zip': '', 'cache/two.zip': '' }));
  project({ 'packages/infra/readme.txt': '', '.pnp.loader.mjs': '', '.yarn/unplugged/three/index.js': '' });
  const up = path.relative(folder, elsewhere);
  const virtual = (to: string): string => {
    const [, steps = '', below = ''] =
      /^((?:\.\.\/)*)(.*)$/.exec(path.relative(path.join(to, '.yarn'), elsewhere)) ?? [];
    return `./.yarn/__virtual__/two-virtual-1a/${steps.length / 3}/${below}/cache/two.zip/node_modules/two/`;
  };
  const map = (locations: readonly string[]): string =>
    locations.map((each) => `        "packageLocation": "${each}",\\`).join('\n');
  const own = ['./packages/infra/', './gone/'];
  const locations = [`${up}/cache/one.zip/node_modules/one/`, virtual(folder), './.yarn/unplugged/three/'];
  fs.writeFileSync(path.join(folder, '.pnp.cjs'), map([...locations, ...own]));

  const { folder: app } = checkedOut();

  expect(fs.readFileSync(path.join(app, '.pnp.cjs'), 'utf8')).toBe(
    map([
      `${path.relative(app, elsewhere)}/cache/one.zip/node_modules/one/`,
      virtual(app),
      `${path.relative(app, folder)}/.yarn/unplugged/three/`,
      ...own,
    ]),
  );
  expect(fs.existsSync(path.join(app, '.pnp.loader.mjs'))).toBe(true);
});
