import type { ManifestEntry, MigrationName } from '../../../lambda/manifest/types';
import { ServerError } from '../../../lambda/ports';
import type { ProvedMigration } from '../../../cli/prove/proved-migration';
import { refusedIn } from '../../../cli/prove/refused-in';
import { explainFinding } from '../../../cli/prove/report/explain-finding';

function migration(name: string, up: readonly string[], down: readonly string[], stepLines: string): ProvedMigration {
  const entry = { name: name as MigrationName, file: `${name}.up.sql`, stepLines } as ManifestEntry;
  const isPair = stepLines.includes('|');
  const downFile = isPair ? `${name}.down.sql` : entry.file;
  return { entry, script: { v: 1, up, down }, up, downFile, missingDown: null, acknowledged: new Set() };
}

const TEAM = migration('0002_team', ['CREATE TABLE team (id INT)', 'DO 1'], ['DO 2', 'DROP TABLE tam'], '1,4|2,3');
const BADGE = migration('0003_badge', ['CREATE TABLE badge (id INT)', 'DO 1'], ['DROP TABLE badge'], '5,6|1');
const error = new ServerError('ER_BAD_TABLE_ERROR', 1051, 'Unknown table');

test('what was refused is found by its text, in its file', () => {
  const refused = refusedIn([TEAM, BADGE], 'down', { statement: 'DROP TABLE tam', error });
  expect(refused).toMatchObject({ file: '0002_team.down.sql', line: 3, error: error.summary });
  const finding = { kind: 'down-failed', refused, reason: '' } as const;
  expect(explainFinding(finding, { file: '0002_team.up.sql', downFile: '0002_team.down.sql' }).what).toBe(
    `the down in 0002_team.down.sql fails at line 3: ${error.summary}`,
  );
  expect(explainFinding(finding, { file: 'the folder', downFile: 'the folder' }).what).toBe(
    `its down fails at line 3 of 0002_team.down.sql: ${error.summary}`,
  );
});

test('of a text that is there twice, no line is named', () => {
  const refused = refusedIn([TEAM, BADGE], 'up', { statement: 'DO 1', error });
  expect(refused).toMatchObject({ file: null, line: null });
  const files = { file: '0002_team.up.sql', downFile: '0002_team.down.sql' };
  expect(
    explainFinding({ kind: 'up-failed', refused, reason: '', left: [], revert: { kind: 'done' } }, files).what,
  ).toBe(`its up fails: ${error.summary}`);
  expect(refusedIn([TEAM], 'up', { statement: 'DO 1', error })).toMatchObject({ line: 4 });
});
