import fc from 'fast-check';
import { isSetAgain, segmentsOf, stepsToRun, type Segment, type StepToRun } from '../../../lambda/sql/segments';
import { stepOf } from '../../../lambda/sql/step';

const SESSION = ['SET foreign_key_checks = 0', 'SET @a = 1', 'USE other'];
const ASKS = 'SET @n = ROW_COUNT()';
const DML = ['INSERT INTO a VALUES (1)', 'UPDATE a SET b = 1', 'SELECT 1'];
const DDL = ['CREATE TABLE a (b INT)', 'DROP TABLE IF EXISTS a', 'CALL p()'];

/** Each segment's kind, and where its steps stand. */
function cut(statements: readonly string[], plain: readonly string[] = []): readonly string[] {
  const steps = stepsToRun(statements.map(stepOf), { name: 'a' }, 'a.sql');
  return segmentsOf(steps, ({ step }) => plain.includes(step.text)).map(inShort);
}

function inShort(segment: Segment): string {
  const runs = stepsIn(segment);
  return `${segment.kind}${segment.kind === 'ddl' ? ` ${segment.nature}` : ''} ${runs.map(({ at }) => at).join()}`;
}

function stepsIn(segment: Segment): readonly StepToRun[] {
  return segment.kind === 'dml' ? segment.steps : [segment.run];
}

test.each<[string, readonly string[], readonly string[]]>([
  ['DDL is alone', [DDL[0]!, DDL[1]!, DDL[2]!], ['ddl visible 0', 'ddl repeatable 1', 'ddl blind 2']],
  ['DML that follows on is one', [DML[0]!, DML[1]!, DDL[0]!, DML[2]!], ['dml 0,1', 'ddl visible 2', 'dml 3']],
  ['USE and user variables may stand between it', [DML[0]!, SESSION[2]!, SESSION[1]!, DML[1]!], ['dml 0,1,2,3']],
  ['a system variable ends it', [DML[0]!, SESSION[0]!, DML[1]!], ['dml 0', 'session 1', 'dml 2']],
  [
    'what stands before and after it is none of it',
    [SESSION[1]!, DML[0]!, SESSION[1]!],
    ['session 0', 'dml 1', 'session 2'],
  ],
  ['but for what asks how the DML went', [ASKS, DML[0]!, ASKS, SESSION[1]!], ['session 0', 'dml 1,2', 'session 3']],
])('%s', (_, statements, segments) => {
  expect(cut(statements)).toEqual(segments);
});

test('DML that no transaction can hold is run as what nothing shows afterwards', () => {
  expect(cut([DML[0]!, DML[1]!, SESSION[1]!, DML[2]!], [DML[1]!])).toEqual([
    'dml 0',
    'ddl blind 1',
    'session 2',
    'dml 3',
  ]);
});

test('whatever the steps, each is in one segment, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...SESSION, ...DML, ...DDL)), (statements) => {
      const steps = stepsToRun(statements.map(stepOf), { name: 'a' }, 'a.sql');
      const segments = segmentsOf(steps);
      expect(segments.flatMap(stepsIn)).toEqual(steps);
      for (const segment of segments) {
        if (segment.kind !== 'dml') continue;
        expect([segment.steps[0], segment.steps.at(-1)].map((run) => run?.step.nature)).toEqual(['dml', 'dml']);
      }
    }),
  );
});

test.each([
  ['one that another follows', ['USE x', 'INSERT INTO a VALUES (1)', 'USE app', 'DROP DATABASE x'], ['USE app']],
  ['the last one', ['USE x', 'SET @a = 1', 'USE y', 'USE z'], ['SET @a = 1', 'USE z']],
  ['one before what may read', ['USE x', 'SET @a = (SELECT 1)', 'USE y'], ['USE x', 'SET @a = (SELECT 1)', 'USE y']],
  ['one by itself', ['CREATE TABLE a (b INT)', 'USE x'], ['USE x']],
])('of the steps that set the session, %s', (_, statements, again) => {
  const steps = statements.map(stepOf);
  expect(statements.filter((_text, at) => isSetAgain(steps, at))).toEqual(again);
});

test.each([
  ['SET insert_id = 100', true, true],
  ['SET @@SESSION.insert_id=1', true, true],
  ['SET foreign_key_checks = 0, rand_seed1 = 5, rand_seed2 = 6', true, true],
  ['SET last_insert_id = 5', false, true],
  ['SET @a = 1', false, true],
  ['SET sql_mode = DEFAULT', false, false],
  ['INSERT INTO a (insert_id) VALUES (1)', false, false],
])('%s is used up by the next statement: %s; and carried in the session: %s', (statement, isSpent, carries) => {
  const step = stepOf(statement);
  expect([step.shows('isSpent'), step.shows('carriesSession')]).toEqual([isSpent, carries]);
});
