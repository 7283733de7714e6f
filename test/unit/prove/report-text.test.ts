import { createColors } from 'picocolors';
import type { Finding, MigrationProof } from '../../../cli/prove/finding';
import { textOf, type Told } from '../../../cli/prove/report/report-text';

function toDoOf(file: string, finding: Finding, told: Told): readonly string[] {
  const proof: MigrationProof = {
    ...{ name: file, file: `${file}.up.sql`, downFile: `${file}.down.sql`, verdict: 'found', notes: [] },
    ...{ findings: [finding], halfWayPoints: 0, rows: 0, milliseconds: 0 },
  };
  const style = { width: Infinity, colors: createColors(false) };
  return textOf({ kind: 'migration', proof }, style, told).filter((line) => line.includes('To do'));
}

const TAKEN: Finding = { kind: 'rows-not-restored', rows: [], isTakenByUp: true };
const NOT_REVERTED: Finding = { ...TAKEN, isTakenByUp: false };

test('long advice is printed once, and then of which file it was', () => {
  const told: Told = new Map();
  expect(toDoOf('0001_a', TAKEN, told)).toEqual([expect.stringContaining('To do: After a rollback the old code')]);
  expect(toDoOf('0002_b', TAKEN, told)).toEqual(['    To do: as for 0001_a.up.sql above.']);
  expect(toDoOf('0003_c', TAKEN, new Map())).toEqual(toDoOf('0001_a', TAKEN, new Map()));
});

test('short advice is printed each time', () => {
  const told: Told = new Map();
  toDoOf('0001_a', NOT_REVERTED, told);
  expect(toDoOf('0002_b', NOT_REVERTED, told)).toEqual([
    '    To do: Have the down in 0002_b.down.sql restore the rows as they were.',
  ]);
});
