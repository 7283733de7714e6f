import { nameOwnStep, nameStep, placeOf, stepLinesOf, storedLines } from '../../../lambda/manifest/step-lines';
import { nameOpenStep, type HistoryRow } from '../../../lambda/plan/history';

const ONE_FILE = { name: '0002_team', stepLines: stepLinesOf([2, 5], [9, 11], false) };
const TWO_FILES = { name: '0002_team', stepLines: stepLinesOf([1, 3], [2, 3], true) };

test('the lines of an up and a down are one short text', () => {
  expect([ONE_FILE.stepLines, TWO_FILES.stepLines, stepLinesOf([2], [], false)]).toEqual(['2,5;9,11', '1,3|2,3', '2;']);
});

test('a step is named with the line on which it begins', () => {
  expect(nameStep(ONE_FILE, 'up', 1, 2)).toBe('step 2 of 2 (line 5)');
  expect(nameStep(ONE_FILE, 'up', 1, 2, ' of 0002_team.sql')).toBe('step 2 of 2 of 0002_team.sql (line 5)');
  expect(nameStep(ONE_FILE, 'down', 0, 2)).toBe('down step 1 of 2 (line 9)');
  expect(nameOwnStep(ONE_FILE, 'down', 1)).toBe('step 2 of its down (line 11)');
});

test('of a down in a file of its own that file is named, and of an up it is clear', () => {
  expect(nameStep(TWO_FILES, 'down', 0, 2)).toBe('down step 1 of 2 (line 2 of 0002_team.down.sql)');
  expect(nameOwnStep(TWO_FILES, 'up', 1)).toBe('step 2 of its up (line 3)');
  expect(placeOf(TWO_FILES, 'up', 1)).toEqual({ file: '0002_team.up.sql', line: 3 });
  expect(placeOf(ONE_FILE, 'up', 1)).toEqual({ file: '0002_team.sql', line: 5 });
});

test.each([
  ['older code has stored it', null],
  ['there is nothing', undefined],
  ['it is empty', ''],
  ['it has fewer steps', '2;3'],
  ['somebody has changed the table', 'x,y;z,;'],
])('nothing is said of a line where %s', (_, stepLines) => {
  const migration = { name: '0002_team', stepLines };
  expect(nameStep(migration, 'up', 1, 2)).toBe('step 2 of 2');
  expect(nameOwnStep(migration, 'down', 1)).toBe('step 2 of its down');
});

test('a migration of thousands of statements keeps its lines out of the journal', () => {
  expect(storedLines(ONE_FILE)).toBe(ONE_FILE.stepLines);
  const lines = Array.from({ length: 5_000 }, (_, index) => index + 1);
  expect(storedLines({ stepLines: stepLinesOf(lines, [], false) })).toBeNull();
  expect(storedLines({})).toBeNull();
});

test('of a down of which only some steps are run, a number tells no line', () => {
  const row: HistoryRow = {
    ...ONE_FILE,
    storedName: ONE_FILE.name,
    checksum: null,
    state: 'reverting',
    stepsDone: 2,
    stepsTotal: 2,
    unchanged: 0,
    downStepsDone: 1,
    before: { kind: 'blind' },
    irreversible: false,
    contracts: false,
    deployment: 1,
    owner: null,
    removedBy: null,
  };
  expect(nameOpenStep(row)).toBe('step 2 of its down (line 11)');
  expect(nameOpenStep({ ...row, stepsDone: 1 })).toBe('step 2 of its down');
  expect(nameOpenStep({ ...row, state: 'applying', stepsDone: 1 })).toBe('step 2 of its up (line 5)');
});
