import {
  sameConstruct,
  type DeploymentRow,
  type DeploymentStatus,
  type History,
  type OtherRelease,
  type ReleaseRow,
} from '../plan/history';
import type { Resource } from '../plan/intent';
import type { Seal } from '../plan/journal-problem';
import type { Manifest } from '../manifest/types';
import type { Database, Row } from '../ports';
import { ofReleases, readManifest, releaseOf } from './release-journal';
import { optionalNumber, optionalText, text } from './row-values';
import { IS_LAST_RUN, lastRunOf, LEFT_COLUMNS } from './schema-after-last-run';
import { fragment, sql, type Fragment } from '../sql-text';
import { milliseconds } from './utc-time';

/** Forward deployments that are read, of one construct and of the others: chains of updates without rollback are not longer. */
const DEPLOYMENTS_READ = 100;

/** So are releases; those that stand come first. */
const RELEASES_READ = 100;

/** What a row of the answer is. */
type Part = 'deployment' | 'newest' | 'release' | 'other' | 'last';

/** Deployments of either resource of a construct. */
export function ofConstruct({ stackId, logicalId, contractOf = logicalId }: Resource): Fragment {
  return fragment(sql`stackId = ${stackId} AND COALESCE(contractOf, logicalId) = ${contractOf}`);
}

/** The rows that are read, as SQL: which, in what order, and how many. */
function wantedRows(resource: Resource): readonly (readonly [Part, string])[] {
  const [ours, releases, newest] = [ofConstruct(resource), ofReleases(resource), fragment('ORDER BY id DESC LIMIT')];
  return [
    ['deployment', sql`${ours} ${newest} ${DEPLOYMENTS_READ}`],
    ['deployment', sql`NOT (${ours}) AND status <> 'reverted' AND type <> 'up' ${newest} ${DEPLOYMENTS_READ}`],
    ['deployment', sql`${ours} AND contractOf IS NULL AND type = 'Create' AND status = 'applied' ${newest} 1`],
    ['newest', sql`status = 'applied' ${newest} 1`],
    ['release', sql`${releases} ORDER BY endedAt IS NULL DESC, id DESC LIMIT ${RELEASES_READ}`],
    ['other', sql`type = 'Release' AND endedAt IS NULL AND NOT (${releases}) ${newest} ${RELEASES_READ}`],
    ['last', IS_LAST_RUN.text],
  ];
}

/** What the table `migration_deployment` says for one construct. Throws where it lacks our columns. */
export async function readDeployments(
  database: Database,
  table: Fragment,
  resource: Resource,
  release?: Manifest,
): Promise<Omit<History, 'migrations' | 'newestMigration'> & { readonly seal: Seal | null }> {
  const columns =
    'id, stackId, logicalId, contractOf, releaseOf, requestId, type, physicalId, oldHash, newHash, newDigest, checksum, status, cancelled, revertedHash, answered, ' +
    'attempts, stackStatus, owedUnder, error, ' +
    ['issuedAt', 'newestRequestAt', 'startedAt', 'endedAt', 'settledAt', 'stackStatusAt', 'owedAt']
      .map((column) => `${milliseconds(column)} AS ${column}`)
      .join(', ') +
    `, ${LEFT_COLUMNS}` +
    // Its value is not used: a journal without the column is outdated, which this error tells.
    ', schemaAfterText IS NULL AS isUnused';
  const readNames = async (digest: string): Promise<ReadonlySet<string> | null> => {
    const migrations = release?.digest === digest ? release.migrations : await readManifest(database, digest, table);
    return migrations && new Set(migrations.map(({ name }) => name));
  };
  const wanted = wantedRows(resource).map(
    ([part, rows]) => `(SELECT holds, '${part}' AS part, ${columns} ` + sql`FROM ${table} d WHERE ${fragment(rows)})`,
  );
  const all = await database.query(`${wanted.join(' UNION ')} ORDER BY id DESC`);
  const ofPart = (part: Part): readonly Row[] => all.filter((row) => row['part'] === part);
  const rows = ofPart('deployment');
  const [newestApplied] = ofPart('newest');
  const ours = rows.filter((row) => sameConstruct(resourceOf(row), resource));
  const newestRequestAt = Math.max(0, ...ours.map((row) => Number(row['newestRequestAt'])));
  const newest = ours.filter((row) => Number(row['newestRequestAt']) === newestRequestAt);
  const isShared = ours.length < rows.length;
  const releases = ofPart('release').map(releaseOf);
  return {
    seal: sealOf(newestApplied),
    deployments: rows.map(deploymentOf),
    releases: isShared ? await withNames(releases, readNames) : releases,
    alsoInUseBy: await othersIn(ofPart('other'), readNames),
    lastRun: lastRunOf(ofPart('last')[0]),
    newestRequestAt,
    revertedThen: newest.map((row) => optionalText(row, 'revertedHash')).filter((hash) => hash !== null),
  };
}

/** Older code, which knows of no seal, may have taken away since what an older deployment left. */
function sealOf(newestApplied: Row = {}): Seal | null {
  const holds = optionalNumber(newestApplied, 'holds');
  return holds === null ? null : { id: Number(newestApplied['id']), holds };
}

function deploymentOf(row: Row): DeploymentRow {
  return {
    id: Number(row['id']),
    resource: resourceOf(row),
    requestId: optionalText(row, 'requestId') ?? '',
    issuedAt: optionalNumber(row, 'issuedAt') ?? 0,
    type: text(row, 'type') as DeploymentRow['type'],
    physicalId: optionalText(row, 'physicalId'),
    oldHash: optionalText(row, 'oldHash'),
    newHash: optionalText(row, 'newHash'),
    newDigest: optionalText(row, 'newDigest') ?? '',
    checksum: optionalText(row, 'checksum'),
    status: text(row, 'status') as DeploymentStatus,
    cancelled: Number(row['cancelled']) !== 0,
    attempts: Number(row['attempts']),
    answered: optionalText(row, 'answered') as DeploymentRow['answered'],
    startedAt: optionalNumber(row, 'startedAt') ?? 0,
    endedAt: optionalNumber(row, 'endedAt'),
    settledAt: optionalNumber(row, 'settledAt'),
    stackStatus: optionalText(row, 'stackStatus'),
    stackStatusAt: optionalNumber(row, 'stackStatusAt'),
    owedAt: optionalNumber(row, 'owedAt'),
    owedUnder: optionalText(row, 'owedUnder') as DeploymentRow['owedUnder'],
    error: optionalText(row, 'error'),
  };
}

/** Which migrations the releases contain that stand, and the one that ended last, which may be asked for again. */
async function withNames(
  releases: readonly ReleaseRow[],
  readNames: (digest: string) => Promise<ReadonlySet<string> | null>,
): Promise<readonly ReleaseRow[]> {
  const lastEnd = Math.max(...releases.map(({ endedAt }) => endedAt ?? 0));
  const named: ReleaseRow[] = [];
  for (const release of releases) {
    const isAsked = release.endedAt === null || release.endedAt === lastEnd;
    named.push(isAsked ? { ...release, names: await readNames(release.digest) } : release);
  }
  return named;
}

/** Releases of other constructs. */
async function othersIn(
  rows: readonly Row[],
  readNames: (digest: string) => Promise<ReadonlySet<string> | null>,
): Promise<readonly OtherRelease[]> {
  const others: OtherRelease[] = [];
  for (const row of rows) {
    const other = { stackId: text(row, 'stackId'), logicalId: text(row, 'releaseOf'), digest: text(row, 'newDigest') };
    const same = others.find(({ digest, names }) => digest === other.digest && names !== null);
    others.push({ ...other, names: same?.names ?? (await readNames(other.digest)) });
  }
  return others;
}

function resourceOf(row: Row): Resource {
  const contractOf = optionalText(row, 'contractOf');
  const resource = { stackId: text(row, 'stackId'), logicalId: text(row, 'logicalId') };
  return contractOf === null ? resource : { ...resource, contractOf };
}
