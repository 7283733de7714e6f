import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RehearsalReport } from '../../cli/rehearse/report/rehearsal-report';
import { runProgram } from '../cli/run-program';
import { synthesizeLargeApp } from './large-app';

jest.setTimeout(300_000);

const USER = {
  '0001_user.sql':
    '-- migrate:up\nCREATE TABLE user (id INT NOT NULL PRIMARY KEY, nick VARCHAR(10));\n-- migrate:down\nDROP TABLE user;\n',
};
const TEAM = {
  '0002_team.sql': `-- migrate:up
CREATE TABLE team (id INT NOT NULL PRIMARY KEY);
ALTER TABLE user ADD COLUMN team INT NULL;
INSERT INTO team VALUES (1);
-- migrate:down
DELETE FROM team;
ALTER TABLE user DROP COLUMN team;
DROP TABLE team;
`,
};
const ENTRY = {
  '0001_entry.sql':
    '-- migrate:up\nCREATE TABLE entry (id INT NOT NULL PRIMARY KEY);\n-- migrate:down\nDROP TABLE entry;\n',
};

let folder: string;
let report: RehearsalReport;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'large-'));
  const before = synthesizeLargeApp({ shop: USER, audit: null, version: '1' }, path.join(folder, 'before'));
  const after = synthesizeLargeApp(
    { shop: { ...USER, ...TEAM }, audit: ENTRY, version: '2' },
    path.join(folder, 'after'),
  );
  const html = path.join(folder, 'report.html');
  const markdown = path.join(folder, 'report.md');
  const { code, stdout, stderr } = runProgram(folder, [
    ...['rehearse', '--assembly', after, '--from-assembly', before, '--json'],
    ...['--report', html, '--report', markdown],
  ]);
  if (code !== 0) throw new Error(`exit code ${String(code)}\n${stdout}\n${stderr}`);
  report = JSON.parse(stdout) as RehearsalReport;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('all plays of a large stack hold, whatever else is in its template', () => {
  expect(report).toMatchObject({ version: 1, verdict: 'held', stack: 'Large' });
  expect(report.plays.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    'forward held',
    'sibling-fails held',
    'dies-once held',
    'dies-always held',
    'delete held',
  ]);
});

test('each of two databases has its migrations, with the times of their statements', () => {
  const [shop, audit] = report.databases;
  expect(shop).toMatchObject({ name: 'shop', from: '0001_user', to: '0002_team', before: 1 });
  expect(audit).toMatchObject({ name: 'audit', from: '', to: '0001_entry', before: 0 });
  const [team] = shop!.migrations;
  expect(team!.up.map(({ sql }) => sql)).toEqual([
    'CREATE TABLE team (id INT NOT NULL PRIMARY KEY)',
    'ALTER TABLE user ADD COLUMN team INT NULL',
    'INSERT INTO team VALUES (1)',
  ]);
  for (const { milliseconds } of [...team!.up, ...team!.down]) expect(milliseconds).toBeGreaterThan(0);
  expect(shop!.schema.map(({ object, kind }) => `${object} ${kind}`)).toEqual(['table user changed', 'table team new']);
});

test('the code of a function and of a service is seen to change, and to go back', () => {
  const sibling = report.plays.find(({ kind }) => kind === 'sibling-fails')!;
  const lives = sibling.timeline.rows.filter(({ kind }) => kind === 'code');
  const changes = lives.map(({ label, bars }) => [label, ...bars.map(({ kind }) => kind)]);
  expect(changes.sort()).toEqual([
    ['Api', 'before', 'after', 'before'],
    ['ShopService', 'before', 'after', 'before'],
  ]);
});

test('what was not played is said by kind', () => {
  const [first] = report.notPlayed;
  expect(first!.what).toMatch(/^\d+ other resources succeeded at once$/);
  expect(first!.details).toContain('AWS::EC2::Subnet');
});

test('both reports are written', () => {
  expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  expect(readFileSync(path.join(folder, 'report.md'), 'utf8')).toContain('Rehearsal of Large');
});
