import { baseAndNext } from '../../rules/dying-process';
import { describeEach, servers } from '../../servers';
import { Scene } from '../scene';

/** A migration of which only the first statements are done, since a table that it makes is there. */
export interface HalfCase {
  readonly name: string;
  readonly stands: readonly string[];
  readonly done: string;
  /** What would have come after the statement that fails. */
  readonly notDone?: string;
  /** Restores what stands, where all is done. */
  readonly down: string;
  /** All is as it was, or a person is asked and says what was done. */
  readonly ends: 'as it was' | 'asked';
}

const IS_THERE = 'CREATE TABLE is_there (id INT)';

/** A test for each case on each server: nothing else may be said than what is true of schema and rows. */
export function checkHalves(what: string, cases: readonly HalfCase[], on = servers()): void {
  describeEach(on, `${what} on $name`, (server) => {
    const scene = Scene.ofEachTest(server);

    /** All rows of all tables and views but the journal's, by name. */
    async function rows(): Promise<unknown> {
      const names = Object.keys(await scene.schema()).flatMap((label) => /^table (.*)$/.exec(label)?.[1] ?? []);
      const all = names.map(async (name) => [name, await scene.sql(`SELECT * FROM ${name} ORDER BY 1`)] as const);
      return Object.fromEntries(await Promise.all(all));
    }

    it.each(cases.map((each) => [each.name, each.ends, each] as const))('%s: %s', async (_name, ends, each) => {
      for (const statement of [IS_THERE, ...each.stands]) await scene.sql(statement);
      const up = [each.done, IS_THERE, ...(each.notDone === undefined ? [] : [each.notDone])].join(';\n');
      const [old, next] = baseAndNext('DO 1', up, each.down);
      await scene.created(old);
      const before = [await scene.schema(), await rows()];

      const { reason } = await scene.updated(old, next);

      expect(reason).toContain('ER_TABLE_EXISTS_ERROR (1050)');
      if (ends === 'asked') {
        expect(reason).toContain('[needs-repair]');
        return;
      }
      expect(reason).toContain('the schema is as it was before the deployment');
      expect([await scene.schema(), await rows()]).toEqual(before);
    });
  });
}
