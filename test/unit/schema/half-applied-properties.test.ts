import fc from 'fast-check';
import { pairDowns } from '../../../lambda/schema/half-applied';
import { stepOf } from '../../../lambda/sql/step';
import { snapshotOf } from './half-applied-cases';

test('whatever the migration, nothing that stood before and that no done step dropped or made is dropped', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const statement = fc.oneof(
    fc
      .tuple(
        fc.constantFrom(
          'CREATE TABLE $ (x INT)',
          'CREATE TABLE IF NOT EXISTS $ (x INT)',
          'ALTER TABLE $ ADD x INT',
          'ALTER TABLE $ COMMENT "x"',
          'INSERT INTO $ VALUES (1)',
        ),
        name,
      )
      .map(([text, table]) => text.replace('$', table)),
    fc.tuple(name, name).map(([from, to]) => `RENAME TABLE ${from} TO ${to}`),
  );
  const drop = fc.oneof(
    name.map((table) => `DROP TABLE ${table}`),
    fc.tuple(name, name).map((tables) => `DROP TABLE IF EXISTS ${tables.join(', ')}`),
    statement,
  );
  const tables = fc.uniqueArray(name);
  fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 5 }),
      fc.array(drop),
      tables,
      fc.nat(4),
      (up, down, old, stepsDone) => {
        fc.pre(stepsDone < up.length);
        // Plays the done steps; a migration whose done steps the server would have refused cannot be.
        const state = new Map(old.map((table) => [table, 'old']));
        for (const step of up.slice(0, stepsDone)) fc.pre(play(state, step, 'new'));
        const all = (of: Iterable<string>): string => [...of].map((table) => `table ${table}`).join(',');
        const decisions = pairDowns({
          up: up.map(stepOf),
          down: down.map(stepOf),
          stepsDone,
          before: snapshotOf(all(old)),
          now: snapshotOf(all(state.keys())),
          defaultSchema: 'app',
          takesAnyCase: false,
          applied: [],
          elsewhere: [],
        });
        for (const [at, decision] of decisions.entries()) {
          if (decision.kind === 'run') play(state, down[at]!, 'restored');
        }
        expect([...state.values()].filter((origin) => origin === 'old')).toHaveLength(old.length);
      },
    ),
    { numRuns: 1000 },
  );
});

/** A server with tables and nothing else. False where it would refuse the statement. */
function play(state: Map<string, string>, statement: string, origin: string): boolean {
  const words = statement.replaceAll(',', ' ').split(/\s+/);
  const [verb = '', , third = ''] = words;
  const conditional = third === 'IF';
  if (verb === 'CREATE') {
    const table = conditional ? (words[5] ?? '') : third;
    if (state.has(table)) return conditional;
    state.set(table, origin);
    return true;
  }
  if (verb === 'RENAME') {
    const [from, to] = [third, words[4] ?? ''];
    const moved = state.get(from);
    if (moved === undefined || state.has(to)) return false;
    state.delete(from);
    state.set(to, moved);
    return true;
  }
  if (verb === 'DROP') {
    const tables = words.slice(conditional ? 4 : 2);
    if (!conditional && !tables.every((table) => state.has(table))) return false;
    tables.forEach((table) => state.delete(table));
    return true;
  }
  return state.has(third);
}
