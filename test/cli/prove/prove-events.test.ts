import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers } from '../../servers';
import { printedFor } from '../printed-for';

jest.setTimeout(120_000);

function migration(up: string, down: string): string {
  return `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`;
}

const FIRST = {
  '0001_event.sql': migration(
    'CREATE TABLE a (id INT PRIMARY KEY);\nCREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM a;\nCREATE EVENT once ON SCHEDULE AT NOW() + INTERVAL 1 SECOND DO DELETE FROM a;',
    'DROP EVENT once;\nDROP EVENT e;\nDROP TABLE a;',
  ),
  // Long enough for another second, and for an event to run.
  '0002_wait.sql': migration('SELECT SLEEP(1.2);', 'DO 0;'),
};
const ADVICE =
  'To do: An event without STARTS begins when it is made, which is another time in each database: write one STARTS into the up that makes the event, and the same into its down.';

describe.each(stackServers())('on $name', (server) => {
  test('events do not run, and that an up makes them at another time is no finding', async () => {
    const { events } = await printedFor(server, migrationFolder(FIRST));
    expect(events.flatMap((event) => ('proof' in event ? [[event.proof.verdict, event.proof.findings]] : []))).toEqual(
      Array.from({ length: 3 }, () => ['proved', []]),
    );
  });

  test('a down that brings one back at another time is told how it cannot', async () => {
    const down = 'DROP EVENT e;\nCREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM a;';
    const up = 'DROP EVENT e;\nCREATE EVENT e ON SCHEDULE EVERY 2 SECOND DO DELETE FROM a;';
    const folder = migrationFolder({ ...FIRST, '0003_anew.sql': migration(up, down) });
    const { events, lines } = await printedFor(server, folder);
    expect(events).toContainEqual({
      kind: 'migration',
      proof: expect.objectContaining({
        name: '0003_anew',
        verdict: 'found',
        findings: [
          {
            kind: 'schema-not-restored',
            again: null,
            differences: [expect.objectContaining({ object: 'event e', restore: null, isTimesOnly: true })],
          },
        ],
      }) as unknown,
    });
    expect(lines.filter((line) => line.includes(ADVICE))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('Add to its down'))).toEqual([]);
  });

  test('one that is gone is shown without the time of the proof', async () => {
    const folder = migrationFolder({ ...FIRST, '0003_gone.sql': migration('DROP EVENT e;', 'DO 0;') });
    const { lines } = await printedFor(server, folder);
    expect(lines.find((line) => line.includes(ADVICE))).toMatch(/ Add to its down:$/);
    expect(lines.filter((line) => line.trim().startsWith('CREATE EVENT'))).toEqual([
      expect.stringMatching(/^ *CREATE EVENT `e` ON SCHEDULE EVERY 1 SECOND ON COMPLETION NOT PRESERVE ENABLE DO /),
    ]);
  });

  test('a time that a file says is shown as it stands there', async () => {
    const down = "CREATE EVENT f ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO DO 1;";
    const folder = migrationFolder({
      '0001_f.sql': migration(down, 'DROP EVENT f;'),
      '0002_gone.sql': migration('DROP EVENT f;', 'DO 0;'),
    });
    const { lines } = await printedFor(server, folder);
    expect(lines.filter((line) => line.includes('To do: '))).toEqual(['    To do: Add to its down:']);
    expect(lines.join('\n')).toContain("CREATE EVENT `f` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ON");
  });
});
