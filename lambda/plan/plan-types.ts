import type { Failure, Refused } from '../words/failure';
import type { DeploymentRow, HistoryRow } from './history';
import type { ManifestEntry } from '../manifest/types';

/** What to do, decided before anything is done. */
export type Plan =
  /** A newer request of the same resource was seen: no SQL, no answer. */
  | { readonly kind: 'stale' }
  | NothingPlan
  /** This instance of the function has not got the release's code yet: no answer, so that Lambda tries again. */
  | { readonly kind: 'wait'; readonly failure: Failure }
  | AwaitStatusPlan
  | Refused
  | ForwardPlan
  | RevertPlan
  | ResumePlan
  /** The application of a release may begin: this is written down before CloudFormation is told so. */
  | { readonly kind: 'begin-release' }
  | RefuseReleasePlan
  | EndReleasePlan;

/** All is as the request wants it. */
export interface NothingPlan {
  readonly kind: 'nothing';
  readonly because: string;
  /** Whether what the construct has deployed is there to stay, since the construct itself goes; absent: that is not known. */
  readonly settles?: boolean;
}

export function nothing(because: string): NothingPlan {
  return { kind: 'nothing', because };
}

/** Only the stack's status can tell whether a Delete belongs to a rollback, and it has not arrived yet: look again soon. */
export interface AwaitStatusPlan {
  readonly kind: 'await-status';
}

/** Applies what is pending. */
export interface ForwardPlan {
  readonly kind: 'forward';
  /** The row of an earlier attempt at the same request, which this run continues. */
  readonly continues: DeploymentRow | null;
  /** Half-applied migrations, and owed ones that the release does not contain as they are: reverted first, newest first. */
  readonly revertFirst: readonly HistoryRow[];
  readonly apply: readonly ManifestEntry[];
  /** Applied migrations that the release lacks, reverted last, newest first. */
  readonly revert: readonly HistoryRow[];
  /** Applied migrations that the release lacks, reverted when the release before it ends: its code is live until then. */
  readonly leaving: readonly HistoryRow[];
  /** Removed migrations that the release contains again: their rows make room. */
  readonly forget: readonly HistoryRow[];
  /** Rows of other tools, which get this release's checksum; kept rows, and leaving ones, that the release contains. None is run. */
  readonly adopt: readonly { readonly row: HistoryRow; readonly entry: ManifestEntry }[];
  /** Kept rows that the release lacks: reported, not refused. */
  readonly kept: readonly HistoryRow[];
  /** Deployments that were owed: what the release contains of them becomes part of it. */
  readonly takesOver: readonly DeploymentRow[];
}

/** Reverts the schema. */
export interface RevertPlan {
  readonly kind: 'revert';
  /** The deployments that are reverted, newest first. */
  readonly deployments: readonly DeploymentRow[];
  /** Newest first. */
  readonly revert: readonly HistoryRow[];
  /** What those deployments had removed, applied again from the journal, oldest first. */
  readonly reapply: readonly HistoryRow[];
  /** What an irreversible migration holds back, newest first. */
  readonly keep: readonly HistoryRow[];
  /** Digests that CloudFormation vouches for: stored scripts run only if they are part of one. */
  readonly vouchedBy: readonly string[];
  /** What the request is told once it is done; null is SUCCESS. */
  readonly failure: Failure | null;
  /** What contracts, newest first: reverted now as far as it can be applied again without losing rows. */
  readonly early: readonly HistoryRow[];
  /** Deployments that are reverted later, when their release ends: code of it may be live. */
  readonly owes: readonly DeploymentRow[];
  /**
   * Why the rest stays, and nothing is to come that reverts it: the code of another construct needs it. Null where the end of its release
   * will ask again, or nothing stays.
   */
  readonly held: Failure | null;
  /** Whether the schema before the oldest of these deployments is what must be there afterwards. */
  readonly isComparable: boolean;
}

/** The application of a release must not begin, since another one is live and is to stay so. */
export interface RefuseReleasePlan {
  readonly kind: 'refuse-release';
  readonly failure: Failure;
  /** Deployments that are not to be reverted after all. */
  readonly resumes: readonly DeploymentRow[];
}

/** No code of a release is live any more. */
export interface EndReleasePlan extends Pick<RevertPlan, 'keep'> {
  readonly kind: 'end-release';
  /** Whether what stands in its place is there to stay: all that was asked for before is settled then. */
  readonly settles: boolean;
  /** What the release had and the one in its place lacks, newest first: reverted now. */
  readonly revert: readonly HistoryRow[];
  /** The deployment that left the schema; null where there is none. */
  readonly newest: DeploymentRow | null;
  readonly because: string;
}

/** What was to be reverted stays: its release is the one that is asked for again, and its application is live. */
export interface ResumePlan extends Pick<RevertPlan, 'vouchedBy'> {
  readonly kind: 'resume';
  readonly deployments: readonly DeploymentRow[];
  /** What was reverted early and not to its end, newest first. */
  readonly revert: readonly HistoryRow[];
  /** What was reverted early, oldest first: applied again from the journal. */
  readonly reapply: readonly HistoryRow[];
}
