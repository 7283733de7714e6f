import { isOfMariaDb } from '../../../lambda/words/server-error-numbers';
import type { MigrationProof } from '../finding';

/** What MariaDB does not read, know or allow, and MySQL may: syntax, character sets, collations, variables, engines, functions. */
const MAY_BE_RIGHT: ReadonlySet<number> = new Set([1064, 1115, 1128, 1193, 1273, 1286, 1305, 1832, 1833, 1834]);

const NOTE =
  'this is MariaDB, and Aurora MySQL is MySQL, on which that statement may be right: prove it on a mysqld, by DATABASE_SERVER_COMMANDS or --url';

/** What MariaDB refuses may be right all the same: a note says so. */
export function toldOnMariaDb(proof: MigrationProof): MigrationProof {
  const mayBeRight = proof.findings.some((finding) => {
    if (finding.kind !== 'up-failed' && finding.kind !== 'down-failed') return false;
    const errno = Number(/^\w+ \((\d+)\):/.exec(finding.refused?.error ?? '')?.[1] ?? 0);
    return MAY_BE_RIGHT.has(errno) || isOfMariaDb(errno);
  });
  return mayBeRight ? { ...proof, notes: [...proof.notes, NOTE] } : proof;
}
