import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { migrationFolder } from '../../lib/source/migration-folder';
import { readPlayedFolder } from '../../../cli/prove/played-folder';
import { releaseOf } from '../../../cli/prove/played-release';
import { schemaDifferences, type SchemaDifference } from '../../../cli/prove/restore/schema-difference';
import { Stage } from '../../../cli/prove/stage';
import { describe as describeProblem } from '../../../lib/review/migration-problem';
import { stackServers, type TestServer } from '../../servers';
import { alike, printedFor } from '../printed-for';
import { DOCUMENTED, FOLDERS } from './prove-folders';
import { EVERYTHING } from './everything-changed';
import { PRINTED } from './prove-printed';

/** Servers that other tests keep busy answer late. */
jest.setTimeout(120_000);

/** What is printed below the advice to add it. */
function toAdd(lines: readonly string[]): readonly string[] {
  const from = lines.findIndex((line) => line.includes('Add to its down:')) + 1;
  expect(from).toBeGreaterThan(0);
  const isOther = (line: string): boolean => /^(?: {4})?(?:[a-z]|FOUND)/.test(line);
  return lines.slice(
    from,
    lines.findIndex((line, at) => at > from && isOther(line)),
  );
}

/** What the second of two migrations leaves in the schema when it is applied and reverted. */
async function leftOf(server: TestServer, directory: string): Promise<readonly SchemaDifference[]> {
  const name = `left_${randomUUID().slice(0, 8)}`;
  const reading = readPlayedFolder(directory, name);
  if (reading.kind === 'unreadable') throw new Error(reading.problems.map(describeProblem).join('\n'));
  const stage = await Stage.open(server, name, new AbortController().signal);
  try {
    const done = { kind: 'done' };
    expect(await stage.startAt(releaseOf(reading.folder, 1))).toMatchObject(done);
    const before = await stage.schema();
    expect(await stage.forward(releaseOf(reading.folder, 2))).toMatchObject(done);
    expect(await stage.back()).toMatchObject(done);
    return schemaDifferences(before, await stage.schema(), await stage.sqlMode());
  } finally {
    await stage.end();
  }
}

describe.each(stackServers())('on $name', (server) => {
  /** Each folder is played once as it is. */
  const played = new Map<string, { readonly folder: string; readonly printed: ReturnType<typeof printedFor> }>();
  function play(name: string, files: Readonly<Record<string, string>>) {
    const before = played.get(name);
    if (before !== undefined) return before;
    const folder = migrationFolder(files);
    const now = { folder, printed: printedFor(server, folder) };
    played.set(name, now);
    return now;
  }

  test.each(Object.entries(FOLDERS))('%s is shown as it is', async (name, files) => {
    const { lines } = await play(name, files).printed;
    expect(lines).toEqual(PRINTED[name]);
  });

  const repairable = Object.entries(FOLDERS).filter(([name]) =>
    PRINTED[name]?.some((line) => line.includes('Add to its down:')),
  );

  test.each(repairable)('with what is to be added to its down, %s is none any more', async (name, files) => {
    const { folder, printed } = play(name, files);
    const before = await printed;
    const statements = before.events.flatMap((event) => {
      if (event.kind !== 'migration') return [];
      return event.proof.findings.flatMap((finding) =>
        finding.kind === 'schema-not-restored' ? finding.differences.flatMap(({ restore }) => restore ?? []) : [],
      );
    });
    expect(statements).not.toEqual([]);
    const source = new Map(Object.entries<string>(files)).get('0002_second.sql') ?? '';
    const text = source + statements.map((statement) => `${statement};\n`).join('');
    writeFileSync(path.join(folder, '0002_second.sql'), text);
    const after = await printedFor(server, folder);
    expect(after.lines.filter((line) => /does not restore the schema|fails/.test(line))).toEqual([]);
  });

  test('what is printed can be pasted where programs had an sql_mode of their own', async () => {
    const trigger = 'CREATE TRIGGER t BEFORE DELETE ON user FOR EACH ROW SET @a = 1;';
    const loose = "SET sql_mode = 'NO_ENGINE_SUBSTITUTION';\nCREATE PROCEDURE p() SELECT 1;";
    const [up, down] = [`${trigger}\n${loose}`, 'DROP PROCEDURE p;\nDROP TABLE user;'];
    const folder = migrationFolder({
      '0001_first.sql': `-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n${up}\n-- migrate:down\n${down}\n`,
      '0002_second.sql':
        '-- migrate:up\nDROP PROCEDURE p;\nDROP TRIGGER t;\n-- migrate:down\nCREATE PROCEDURE p() SELECT 1;\n',
    });
    const { lines } = await printedFor(server, folder);
    const pasted = toAdd(lines);
    expect(pasted.filter((line) => line.includes('sql_mode'))).toEqual([
      "      SET sql_mode = 'NO_ENGINE_SUBSTITUTION';",
    ]);
    const second = path.join(folder, '0002_second.sql');
    writeFileSync(second, `${readFileSync(second, 'utf8')}${pasted.join('\n')}\n`);
    expect((await printedFor(server, folder)).lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
  });

  test('what is printed can be pasted, whatever is not as it was', async () => {
    const ours = server.kind === 'mariadb' ? EVERYTHING.mariadb : EVERYTHING.mysql;
    const source = (up: string, down: string): string => `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`;
    const folder = migrationFolder({
      '0001_first.sql': `-- migrate:up\n${EVERYTHING.before}${ours.before}\n-- migrate:irreversible\n`,
      '0002_second.sql': source(EVERYTHING.up + ours.up, EVERYTHING.down),
    });
    const { asIs: lines } = await printedFor(server, folder);
    const second = path.join(folder, '0002_second.sql');
    writeFileSync(second, `${readFileSync(second, 'utf8')}${toAdd(lines).join('\n')}\n`);
    expect(await leftOf(server, folder)).toEqual([]);
  });

  test('what docs/prove.md shows is what is printed', async () => {
    const text = readFileSync(path.join(__dirname, '../../../docs/prove.md'), 'utf8');
    const shown = /^```\n(proving [^]*?)^```$/m.exec(text)?.[1]?.split('\n').slice(1, -2).map(alike);
    const { lines } = await printedFor(server, migrationFolder(DOCUMENTED), { width: 100 });
    expect(lines).toEqual(shown);
  });

  test('what MariaDB does not know is told under no name of MySQL, and that MySQL may know it', async () => {
    const up = 'CREATE TABLE team (id INT PRIMARY KEY, size NO_SUCH_TYPE);';
    const folder = migrationFolder({ '0001_team.sql': `-- migrate:up\n${up}\n-- migrate:down\nDROP TABLE team;\n` });
    const text = (await printedFor(server, folder)).lines.join('\n');
    const [error, note] = server.kind === 'mariadb' ? ['error (4161)', true] : ['ER_PARSE_ERROR (1064)', false];
    expect(text).toContain(`its up fails at line 2: ${error}: `);
    expect(text.includes('note: this is MariaDB, and Aurora MySQL is MySQL')).toBe(note);
  });

  test('what is not asked for is only applied', async () => {
    const folder = migrationFolder(FOLDERS['all in order']);
    const { lines } = await printedFor(server, folder, { only: new Set(['0003_view']) });
    expect(lines).toEqual(['ok    0003_view.sql (0.0 s)']);
  });
});
