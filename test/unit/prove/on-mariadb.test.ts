import type { MigrationProof } from '../../../cli/prove/finding';
import { toldOnMariaDb } from '../../../cli/prove/report/told-on-mariadb';

test.each([
  ["ER_UNKNOWN_COLLATION (1273): Unknown collation: 'utf8mb4_0900_ai_ci'", 1],
  ['error (4161): Unknown data type', 1],
  ["ER_DUP_FIELDNAME (1060): Duplicate column name 'a'", 0],
])('an up that fails with %s gets %i note', (error, notes) => {
  const refused = { statement: 'DO 1', file: null, line: null, error };
  const proof: MigrationProof = {
    ...{ name: 'a', file: 'a.sql', downFile: 'a.sql', verdict: 'found', notes: [] },
    ...{ halfWayPoints: 0, rows: 0, milliseconds: 0 },
    findings: [{ kind: 'up-failed', refused, reason: '', left: [], revert: { kind: 'done' } }],
  };
  expect(toldOnMariaDb(proof).notes).toHaveLength(notes);
});
