import { readCommand } from '../../../lambda/plan/command';

const CHECKSUM = 'ab'.repeat(32);
const GIVEN = {
  name: '0001_user',
  file: '0001_user.sql',
  checksum: CHECKSUM,
  sha256: CHECKSUM,
  steps: 1,
  irreversible: false,
  tables: ['user'],
};

test.each([
  [{ command: 'status' }, { kind: 'status', wantsDrift: false }],
  [
    { command: 'status', diff: true },
    { kind: 'status', wantsDrift: true },
  ],
  [{ command: 'watch' }, { kind: 'watch' }],
  [{ command: 'plan' }, { kind: 'plan', release: null }],
  [
    { command: 'plan', release: [GIVEN] },
    { kind: 'plan', release: [GIVEN] },
  ],
  [{ command: 'up' }, { kind: 'up' }],
  [{ command: 'verify' }, { kind: 'verify' }],
  [
    { command: 'down', to: '0001_user' },
    { kind: 'down', until: { kind: 'name', name: '0001_user' } },
  ],
  [
    { command: 'down', steps: 2 },
    { kind: 'down', until: { kind: 'steps', steps: 2 } },
  ],
  [
    { command: 'repair', migration: '0001_user', step: 2, is: 'done' },
    { kind: 'repair', migration: '0001_user', what: { kind: 'step', step: 2, isDone: true } },
  ],
  [
    { command: 'repair', migration: '0001_user', step: 1, is: 'not-done' },
    { kind: 'repair', migration: '0001_user', what: { kind: 'step', step: 1, isDone: false } },
  ],
  [
    { command: 'repair', migration: '0001_user', is: 'applied' },
    { kind: 'repair', migration: '0001_user', what: { kind: 'state', is: 'applied' } },
  ],
  [
    { command: 'repair', migration: '0001_user', is: 'reverted' },
    { kind: 'repair', migration: '0001_user', what: { kind: 'state', is: 'reverted' } },
  ],
  [
    { command: 'repair', migration: '0001_user', checksum: true },
    { kind: 'repair', migration: '0001_user', what: { kind: 'checksum', checksum: null } },
  ],
  [
    { command: 'repair', migration: '0001_user', checksum: CHECKSUM },
    { kind: 'repair', migration: '0001_user', what: { kind: 'checksum', checksum: CHECKSUM } },
  ],
  [
    { command: 'adopt', from: 'golang-migrate' },
    { kind: 'adopt', from: 'golang-migrate', table: null, record: null },
  ],
  [
    { command: 'adopt', from: 'knex', table: 'done', record: ['0001_user'] },
    { kind: 'adopt', from: 'knex', table: 'done', record: ['0001_user'] },
  ],
  [
    { command: 'baseline', to: '0001_user' },
    { kind: 'baseline', to: '0001_user', record: null },
  ],
  [
    { command: 'baseline', to: '0001_user', record: ['0001_user'] },
    { kind: 'baseline', to: '0001_user', record: ['0001_user'] },
  ],
  [{ command: 'dump' }, { kind: 'dump' }],
])('reads %j', (event, command) => {
  expect(readCommand(event)).toEqual(command);
});

test.each([
  { command: 'nope' },
  { command: ['status'] },
  { command: null },
  { command: 'constructor' },
  { command: 'status', verbose: true },
  { command: 'status', diff: 'true' },
  { command: 'watch', seconds: 1 },
  { command: 'plan', release: '0001_user' },
  { command: 'plan', release: [null] },
  { command: 'plan', release: [{ ...GIVEN, checksum: 1 }] },
  { command: 'plan', release: [{ ...GIVEN, tables: [1] }] },
  { command: 'plan', release: [GIVEN], to: '0001_user' },
  { command: 'up', to: '0001_user' },
  { command: 'down' },
  { command: 'down', to: '' },
  { command: 'down', to: 1 },
  { command: 'down', steps: 0 },
  { command: 'down', steps: '1' },
  { command: 'down', steps: 1.5 },
  { command: 'down', to: '0001_user', steps: 1 },
  { command: 'down', to: '0001_user', force: true },
  { command: 'repair' },
  { command: 'repair', migration: '0001_user' },
  { command: 'repair', is: 'applied' },
  { command: 'repair', migration: '0001_user', is: 'done' },
  { command: 'repair', migration: '0001_user', step: 1 },
  { command: 'repair', migration: '0001_user', step: 0, is: 'done' },
  { command: 'repair', migration: '0001_user', step: 1, is: 'applied' },
  { command: 'repair', migration: '0001_user', checksum: false },
  { command: 'repair', migration: '0001_user', checksum: 'ab' },
  { command: 'repair', migration: '0001_user', checksum: true, is: 'applied' },
  { command: 'repair', migration: '0001_user', step: 1, is: 'done', checksum: true },
  { command: 'repair', migration: '0001_user', step: 1, is: 'done', because: 'I looked' },
  { command: 'adopt' },
  { command: 'adopt', from: 'liquibase' },
  { command: 'adopt', from: 'knex', table: '' },
  { command: 'adopt', from: 'knex', record: [] },
  { command: 'adopt', from: 'knex', record: '0001_user' },
  { command: 'adopt', from: 'knex', yes: true },
  { command: 'baseline' },
  { command: 'baseline', to: 1 },
  { command: 'baseline', to: '0001_user', record: [1] },
  { command: 'dump', to: 'schema.sql' },
])('%j is no command, and the problem says which there are', (event) => {
  const problem = expect.stringMatching(/^\{"command".* is no command; these are: \{"command":"status"\}.*"checksum"/);
  expect(readCommand(event)).toEqual({ kind: 'unreadable', problem });
});

test('an event without a command is none', () => {
  expect(readCommand({ source: 'aws.s3' })).toBeNull();
});
