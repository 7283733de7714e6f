import { sha256 } from '../../lambda/manifest/checksum';
import type { DeploymentRow, HistoryRow, MigrationState } from '../../lambda/plan/history';
import type { Intent, Release, ReleaseIntent, Request, Resource } from '../../lambda/plan/intent';
import { manifestOf, versionOf } from '../../lambda/manifest/manifest';
import type { Checksum, Manifest, ManifestEntry, MigrationName } from '../../lambda/manifest/types';
import type { Plan } from '../../lambda/plan/plan-types';

/** The resource of these tests. */
export const OURS: Resource = {
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1',
  logicalId: 'Migrations',
};
export const PHYSICAL_ID = physicalIdOf(OURS);

/** The second resource of the same construct. */
export const CONTRACT: Resource = resourceOf(OURS, 'second');

/** Logical ids of constructs of one stack, beginning with ours. */
export const CONSTRUCTS = [OURS.logicalId, 'Second', 'Third'] as const;

/** Another stack, with a construct of the same name. */
export const OTHER_STACK = OURS.stackId.replace('app/1', 'other/2');

/** Stacks that share a database, the first of them that of {@link OURS}. */
export const STACKS: readonly string[] = [OURS.stackId, OTHER_STACK, OURS.stackId.replace('app/1', 'third/3')];

/** The first resource of a construct, or the second one, which contracts. */
export function resourceOf({ stackId, logicalId }: Resource, part: 'first' | 'second'): Resource {
  return part === 'first'
    ? { stackId, logicalId }
    : { stackId, logicalId: `${logicalId}Contract`, contractOf: logicalId };
}

function physicalIdOf({ logicalId }: Resource): string {
  return `aurora-migrations:app/${logicalId}:cluster-A/app`;
}

/** A moment of these tests, in seconds. */
export function second(count: number): number {
  return Date.UTC(2026, 0, 1) + count * 1000;
}

/** The same answer to the same text: searches ask for the same few a million times, and each answer is several hashes. */
function remembered<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const fresh = make(text);
    made.set(text, fresh);
    return fresh;
  };
}

/** What stands behind a migration's number: `2'` is 2 with another text, `2!` irreversible, `2c` of the phase contract. */
const entryOf = remembered((token: string): ManifestEntry => {
  const name = `000${token.replace(/\D/g, '')}` as MigrationName;
  const text = name + (token.includes("'") ? ' edited' : '') + (token.includes('c') ? ' contracting' : '');
  return {
    name,
    file: `${name}.sql`,
    checksum: sha256(text) as Checksum,
    sha256: sha256(`script of ${text}`),
    steps: 2,
    irreversible: token.includes('!'),
    ...(token.includes('c') && { phase: 'contract' }),
  };
});

/** Names of the migrations of each release that was made, by its digest: as deployments store them in the journal. */
const NAMES = new Map<string, ReadonlySet<string>>();

/** The manifest of a release: `shipped('1 2 3')`. */
export const shipped = remembered((list: string): Manifest => {
  const manifest = manifestOf(tokensOf(list).map(entryOf));
  NAMES.set(manifest.digest, new Set(manifest.migrations.map(({ name }) => name)));
  return manifest;
});

/** What the release of a digest contains; null where there is none. */
export function namesShipped(digest: string): ReadonlySet<string> | null {
  return NAMES.get(digest) ?? null;
}

const STATES: Readonly<Record<string, MigrationState>> = {
  '~': 'applying',
  '<': 'reverting',
  '>': 'reverting',
  '^': 'kept',
  '-': 'removed',
};

/**
 * Rows of history in their order of application: `done('1 _ 3')`. After its number: `~` half applied, `<` reverting,
 * `>` reverting with nothing of it done yet, `^` kept, `-` removed, `!` irreversible, `'` of another text, `?` written by another tool.
 */
export function done(
  list: string,
  by: DeploymentRow | null = null,
  removedBy: DeploymentRow | null = null,
): readonly HistoryRow[] {
  return tokensOf(list).map((token) => {
    const entry = entryOf(token);
    const isForeign = token.includes('?');
    return {
      storedName: isForeign ? `${entry.name}.js` : entry.name,
      name: entry.name,
      checksum: isForeign ? null : entry.checksum,
      state: STATES[/[~<>^-]/.exec(token)?.[0] ?? ''] ?? 'applied',
      stepsDone: token.includes('~') ? 1 : 2,
      stepsTotal: 2,
      stepLines: null,
      unchanged: 0,
      downStepsDone: token.includes('<') ? 1 : 0,
      before: null,
      irreversible: isForeign || entry.irreversible,
      contracts: entry.phase === 'contract' || by?.resource.contractOf !== undefined,
      deployment: by?.id ?? null,
      owner: by?.resource ?? null,
      removedBy: removedBy?.id ?? null,
    };
  });
}

function tokensOf(list: string): readonly string[] {
  return list.split(' ').filter((token) => token !== '' && token !== '_');
}

/** What the properties of a release say. */
export function releaseOf(list: string, options: Partial<Release> & { readonly nonce?: string } = {}): Release {
  const manifest = shipped(list);
  const { nonce, ...more } = options;
  const said = {
    digest: manifest.digest,
    version: versionOf(manifest),
    database: 'cluster-A/app',
    onDelete: 'RETAIN',
    onRemoved: 'FAIL',
    outOfOrder: 'ALLOW',
    ...more,
  } as const;
  return { ...said, hash: hashOf(JSON.stringify([said, nonce])) };
}

const hashOf = remembered(sha256);

/** A request of the resource, by default the one of second 100. */
export function request(at = 100, more: Partial<Request> = {}): Request {
  return { resource: OURS, requestId: `request-${at}`, issuedAt: second(at), ...more };
}

export function create(release: Release, of = request()): Intent & { kind: 'create' } {
  return { kind: 'create', request: of, release };
}

export function update(old: Release, release: Release, of = request()): Intent & { kind: 'update' } {
  return { kind: 'update', request: of, physicalId: physicalIdOf(of.resource), release, old };
}

export function remove(
  release: Release,
  of = request(),
  physicalId = physicalIdOf(of.resource),
): Intent & { kind: 'delete' } {
  return { kind: 'delete', request: of, physicalId, release };
}

/** A release begins or ends, as the request of its resource tells. */
export function releaseEnds(release: Release, of = request()): ReleaseIntent {
  const logicalId = `Release${release.digest.slice(-6)}`;
  return { kind: 'release-ends', request: of, logicalId, physicalId: logicalId, release };
}

/** The row of a forward request, applied and answered a second after it was issued unless said otherwise. */
export function deployment(intent: Exclude<Intent, ReleaseIntent>, more: Partial<DeploymentRow> = {}): DeploymentRow {
  const { request: of, release } = intent;
  return {
    id: 1,
    resource: of.resource,
    requestId: of.requestId,
    issuedAt: of.issuedAt,
    type: intent.kind === 'create' ? 'Create' : 'Update',
    physicalId: intent.kind === 'create' ? physicalIdOf(of.resource) : intent.physicalId,
    oldHash: intent.kind === 'update' ? intent.old.hash : null,
    newHash: release.hash,
    newDigest: release.digest,
    checksum: null,
    status: 'applied',
    cancelled: false,
    attempts: 1,
    answered: 'SUCCESS',
    startedAt: of.issuedAt,
    endedAt: of.issuedAt + 1000,
    settledAt: null,
    stackStatus: null,
    stackStatusAt: null,
    owedAt: null,
    owedUnder: null,
    error: null,
    ...more,
  };
}

/** A plan in one line: `apply 2 3`, `revert 3 2, keep 1`, `refuse: out-of-order`. */
export function told(plan: Plan): string {
  switch (plan.kind) {
    case 'stale':
    case 'await-status':
      return plan.kind;
    case 'nothing':
      return `nothing: ${plan.because}`;
    case 'wait':
      return `wait: ${plan.failure.code}`;
    case 'refused':
    case 'refuse-release':
      return `refuse: ${plan.failure.code}`;
    case 'forward': {
      const { revertFirst, apply, revert, leaving, forget, adopt, kept } = plan;
      const rows = adopt.map(({ row }) => row);
      return (
        lists({
          'revert first': revertFirst,
          forget,
          adopt: rows,
          apply,
          revert,
          leaving,
          'although it lacks': kept,
        }) || 'only its row'
      );
    }
    case 'resume':
      return lists({ resume: plan.reapply }) || 'resume';
    case 'begin-release':
      return plan.kind;
    case 'end-release':
      return [plan.settles ? 'end-release, settle' : plan.kind, lists({ revert: plan.revert, keep: plan.keep })]
        .filter(Boolean)
        .join(', ');
    case 'revert':
      return (
        (lists({ revert: plan.revert, early: plan.early, keep: plan.keep, reapply: plan.reapply }) ||
          'revert nothing') +
        (plan.owes.length > 0 ? ', owe the rest' : '') +
        (plan.failure === null ? '' : `, then fail: ${plan.failure.code}`)
      );
    default:
      return plan satisfies never;
  }
}

function lists(named: Readonly<Record<string, readonly { readonly name: string }[]>>): string {
  return Object.entries(named)
    .filter(([, list]) => list.length > 0)
    .map(([verb, list]) => `${verb} ${list.map(({ name }) => name.replace(/^0*/, '')).join(' ')}`)
    .join(', ');
}
