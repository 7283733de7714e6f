import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { baseCommit } from '../../../cli/rehearse/release/base-commit';
import { checkOut } from '../../../cli/rehearse/release/checkout';
import { migrationFolder } from '../../lib/source/migration-folder';

let folder: string;
function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=n', '-c', 'user.email=n@example.com'];
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}
function commit(file: string, text: string): string {
  fs.writeFileSync(path.join(folder, file), text);
  git('add', '--all');
  git('commit', '--quiet', `--message=${file}`);
  return git('rev-parse', 'HEAD');
}
beforeEach(() => {
  folder = migrationFolder({ 'first.txt': '1' });
  git('init', '--quiet', '--initial-branch=main');
});

describe('the release before', () => {
  test('is none without a repository, and before the first commit', () => {
    expect(baseCommit(migrationFolder({ a: '' }), undefined)).toEqual({
      because: 'this folder is in no git repository',
    });
    expect(baseCommit(folder, undefined)).toEqual({ because: 'git has no commit before this one' });
  });

  test('is none at the first commit, and HEAD where the working tree differs from that', () => {
    const first = commit('a.txt', '1');
    expect(baseCommit(folder, undefined)).toEqual({ because: 'git has no commit before this one' });
    fs.writeFileSync(path.join(folder, 'a.txt'), '2');
    expect(baseCommit(folder, undefined)).toEqual({ commit: first, name: 'HEAD' });
  });

  test('is the commit before HEAD on the trunk', () => {
    const first = commit('a.txt', '1');
    commit('b.txt', '1');
    expect(baseCommit(folder, undefined)).toEqual({ commit: first, name: 'the commit before HEAD' });
  });

  test('is where a branch has left the trunk, which has gone on since', () => {
    const first = commit('a.txt', '1');
    git('checkout', '--quiet', '-b', 'work');
    commit('b.txt', '1');
    git('checkout', '--quiet', 'main');
    commit('c.txt', '1');
    git('checkout', '--quiet', 'work');
    expect(baseCommit(folder, undefined)).toEqual({ commit: first, name: 'the merge base with main' });
  });

  test('is what somebody names', () => {
    const first = commit('a.txt', '1');
    git('tag', 'v1');
    commit('b.txt', '1');
    expect(baseCommit(folder, 'v1')).toEqual({ commit: first, name: 'v1' });
  });

  test('is not guessed in a clone whose history is cut off', () => {
    commit('a.txt', '1');
    git('checkout', '--quiet', '-b', 'work');
    commit('b.txt', '1');
    const clone = path.join(folder, 'clone');
    git('clone', '--quiet', '--depth=1', '--branch=work', `file://${folder}`, clone);
    const says = /this clone is shallow.*fetch-depth: 0.*--from/;
    expect(() => baseCommit(clone, undefined)).toThrow(says);
    const fetch = ['fetch', '--quiet', '--depth=1', 'origin', 'main:refs/remotes/origin/main'];
    execFileSync('git', fetch, { cwd: clone });
    expect(() => baseCommit(clone, undefined)).toThrow(says);
    expect(baseCommit(clone, 'origin/main')).toMatchObject({ name: 'origin/main' });
  });

  test('is the same after a rehearsal that has left its report', () => {
    const first = commit('a.txt', '1');
    commit('b.txt', '1');
    fs.mkdirSync(path.join(folder, 'out'));
    fs.writeFileSync(path.join(folder, 'out/report.html'), '');
    const reports = ['out/report.html', path.join(os.tmpdir(), 'report.md')];
    expect(baseCommit(folder, undefined, reports)).toEqual({ commit: first, name: 'the commit before HEAD' });
    expect(baseCommit(folder, undefined)).toMatchObject({ name: 'HEAD' });
  });
});

test('a commit is written elsewhere, with what is installed, and the repository stays as it is', () => {
  const into = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'checkout-')));
  try {
    for (const below of ['infra', 'node_modules/one', 'infra/node_modules/two', 'packages/own'])
      fs.mkdirSync(path.join(folder, below), { recursive: true });
    fs.writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n');
    fs.writeFileSync(path.join(folder, 'packages/own/index.js'), 'before');
    fs.symlinkSync('../packages/own', path.join(folder, 'node_modules/own'));
    const before = commit('infra/app.js', 'before');
    git('tag', 'v1');
    fs.writeFileSync(path.join(folder, 'packages/own/index.js'), 'after');
    commit('infra/app.js', 'after');

    const app = checkOut(path.join(folder, 'infra'), before, into);

    expect(path.relative(into, app)).toBe('files/infra');
    expect(fs.readFileSync(path.join(app, 'app.js'), 'utf8')).toBe('before');
    expect(fs.existsSync(path.join(app, 'node_modules/two'))).toBe(true);
    expect(fs.existsSync(path.join(app, '../node_modules/one'))).toBe(true);
    // An app may ask git for its version.
    const ask = (...args: readonly string[]): string =>
      execFileSync('git', args, { cwd: app, encoding: 'utf8' }).trim();
    expect([ask('rev-parse', 'HEAD'), ask('describe', '--tags'), ask('status', '--porcelain', '-uno')]).toEqual([
      before,
      'v1',
      '',
    ]);
    ask('tag', 'only-there');
    expect(git('tag')).toBe('v1');
    // A package of the repository itself is the commit's.
    expect(fs.readFileSync(path.join(app, '../node_modules/own/index.js'), 'utf8')).toBe('before');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  } finally {
    fs.rmSync(into, { recursive: true, force: true });
  }
});

test('a commit comes with its submodules, and with what an app reads and git does not keep', () => {
  const into = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'checkout-')));
  const module = migrationFolder({ '0001_user.sql': 'before' });
  const inModule = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], { cwd: module });
  try {
    inModule('init', '--quiet', '--initial-branch=main');
    inModule('add', '--all');
    inModule('commit', '--quiet', '--message=first');
    git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', module, 'schema');
    const before = commit('.gitignore', '.env\n');
    fs.writeFileSync(path.join(folder, 'schema/0001_user.sql'), 'after');
    fs.writeFileSync(path.join(folder, '.env'), 'STAGE=test');

    const app = checkOut(folder, before, into);

    expect(fs.readFileSync(path.join(app, 'schema/0001_user.sql'), 'utf8')).toBe('before');
    expect(fs.readFileSync(path.join(app, '.env'), 'utf8')).toBe('STAGE=test');
    expect(git('status', '--porcelain')).toBe('M schema');
  } finally {
    fs.rmSync(into, { recursive: true, force: true });
    fs.rmSync(module, { recursive: true, force: true });
  }
});
