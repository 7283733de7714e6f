import { createColors } from 'picocolors';
import type { MigrationProof } from '../../../cli/prove/finding';
import { readPlayedFolder } from '../../../cli/prove/played-folder';
import { textOf, type Told } from '../../../cli/prove/report/report-text';
import { migrationFolder } from '../../lib/source/migration-folder';

const names = Array.from({ length: 7 }, (_, at) => `000${at + 1}_t`);

test('of a folder in which many downs are missing, all is proved that can be', () => {
  const folder = migrationFolder(Object.fromEntries(names.map((name) => [`${name}.up.sql`, 'DO 1;'])));

  const reading = readPlayedFolder(folder, 'prove');

  expect(reading.kind).toBe('read');
  const missing = reading.kind === 'read' ? reading.folder.migrations.map(({ missingDown }) => missingDown) : [];
  expect(missing).toEqual(
    names.map((name) => expect.stringContaining(`it has no ${name}.down.sql beside it`) as string),
  );

  const told: Told = new Map();
  const lines = names.flatMap((name, at) => {
    const file = `${name}.up.sql`;
    const findings = [{ kind: 'no-down', problem: missing[at] ?? '' }] as const;
    const proof: MigrationProof = {
      ...{ name, file, downFile: file, verdict: 'found', findings, notes: [] },
      ...{ halfWayPoints: 0, rows: 0, milliseconds: 0 },
    };
    return textOf({ kind: 'migration', proof }, { width: Infinity, colors: createColors(false) }, told);
  });
  expect(lines.filter((line) => line.includes('To do: it has no'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('To do: as for 0001_t.up.sql above.'))).toHaveLength(6);
});

test('what else is wrong with it is said of the folder, and nothing is run', () => {
  const files = names.map((name, at) => [`${name}.up.sql`, at === 3 ? 'CRATE TABLE a (id INT);' : 'DO 1;']);

  const reading = readPlayedFolder(migrationFolder(Object.fromEntries(files)), 'prove');

  const codes = reading.kind === 'unreadable' ? reading.problems.map(({ code, file }) => [code, file]) : [];
  expect(codes).toEqual([
    ['down-missing', '0001_t.up.sql'],
    ['unknown-statement', '0004_t.up.sql'],
  ]);
});
