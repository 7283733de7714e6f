import type { Name } from './letter';
import type { Resource } from '../../lambda/plan/intent';
import { OURS } from './releases';

/** A stack with one construct on paper: where it is, and what CloudFormation does next with it. */
export interface Stack {
  readonly stackId: string;
  /** Of the first resource of its construct. */
  readonly logicalId: string;
  readonly status: string;
  /** Where the stack last came to a good end; null: no construct. */
  readonly stable: Name | null;
  readonly target: Name | null;
  readonly mode:
    | 'idle'
    | 'forward'
    | 'failing'
    | 'cleanup'
    | 'back'
    | 'back-cleanup'
    | 'back-failed'
    | 'stays'
    | 'deleting'
    | 'gone';
  readonly todo: readonly Step[];
  /** The request that CloudFormation waits for; it belongs to the first step. */
  readonly inFlight: Delivery | null;
  readonly first: CustomResource;
  readonly second: CustomResource;
  /** Releases whose resource is there, by their code's name. */
  readonly releases: readonly Name[];
  /** Of these, the ones whose creation failed: it is tried again. */
  readonly unbegun: readonly Name[];
  /** Of which releases code may run. */
  readonly live: readonly Name[];
  /** It never came to a good end: to roll it back is to delete it. */
  readonly isNew: boolean;
  /** What the function carries. */
  readonly code: Name | null;
  /** The next request is signed in the same second as the one before. */
  readonly isSameSecond: boolean;
  /** How many operations and ways back there were: a request's id is made of it. */
  readonly count: number;
  /** Migrations that a release with onRemoved REVERT was told to take away since the stack was stable. */
  readonly dispensable: readonly string[];
  /** Why the schema need not be as CloudFormation shows it. */
  readonly excuses: readonly string[];
  /** What the schema is to hold while there is no construct. */
  readonly retained: readonly string[];
}

export interface CustomResource {
  /** Its properties; null: it is not there. */
  readonly at: Name | null;
  /** Whether a Create of it has succeeded: otherwise the next try is a Create too. */
  readonly isCreated: boolean;
  /** Its last request failed, or was given up. */
  readonly isFailed: boolean;
  /** Whose physical id it has: CloudFormation's own where it was not told one. */
  readonly id: 'ours' | 'theirs' | 'nothing';
}

/** What CloudFormation does next in an operation. */
export type Step =
  | { readonly do: 'status'; readonly status: string }
  | { readonly do: 'set'; readonly part: 'first' | 'second'; readonly to: Name }
  | { readonly do: 'delete'; readonly part: 'first' | 'second' }
  | { readonly do: 'begin' | 'end'; readonly of: Name }
  | { readonly do: 'start' | 'finish'; readonly code: Name | null };

/** A request on its way. */
export interface Delivery {
  readonly stackId: string;
  /** Of the first resource of the construct. */
  readonly logicalId: string;
  readonly kind: 'create' | 'update' | 'delete' | 'release-begins' | 'release-ends';
  readonly part: 'first' | 'second';
  readonly to: Name;
  /** What an update comes from. */
  readonly from: Name;
  readonly issuedAt: number;
  readonly requestId: string;
  readonly id: CustomResource['id'];
  /** It was carried out before: Lambda delivers at least once. */
  readonly isRepeated: boolean;
}

/** What a stack is called, or the second construct of one. */
export function nameOf({ stackId, logicalId }: Resource): string {
  const name = stackId.split('/').at(-2) ?? stackId;
  return logicalId === OURS.logicalId ? name : `${name}'s ${logicalId}`;
}

const ABSENT: CustomResource = { at: null, isCreated: false, isFailed: false, id: 'ours' };

/** A stack before its creation. */
export const NO_STACK: Stack = {
  ...OURS,
  status: 'REVIEW_IN_PROGRESS',
  stable: null,
  target: null,
  mode: 'idle',
  todo: [],
  inFlight: null,
  first: ABSENT,
  second: ABSENT,
  releases: [],
  unbegun: [],
  live: [],
  isNew: true,
  code: null,
  isSameSecond: false,
  count: 0,
  dispensable: [],
  excuses: [],
  retained: [],
};
