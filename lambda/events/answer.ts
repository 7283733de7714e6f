import { NOTHING_SUFFIX, PHYSICAL_ID_PREFIX, type ResponseData } from '../contract';
import { cutInTheMiddle, type Reply } from '../edges/cfn-response';
import { listNames } from '../words/explain';
import { isOfRelease, type Intent } from '../plan/intent';
import type { Tally } from '../plan/outcome';

/** What comes of a request. */
export type Answer =
  | FinalAnswer
  /** A newer request took over: no answer, and the function ends normally. */
  | { readonly kind: 'silent'; readonly because: string }
  /** Not yet: the function ends with an error, so that Lambda tries again; the last try answers FAILED. */
  | { readonly kind: 'try-again'; readonly reason: string }
  /** Not finished: the function ends with an error, and the next try goes on from what is journalled. */
  | { readonly kind: 'go-on'; readonly reason: string };

export const OVERTAKEN = { kind: 'silent', because: 'a newer request of this resource is there' } as const;

/** What CloudFormation is told. */
export interface FinalAnswer extends Reply {
  readonly kind: 'answer';
  readonly tally: Tally;
}

/** What was done, for the answer's Data. */
export interface Facts {
  /** By all attempts at the request. */
  readonly applied?: readonly string[];
  readonly reverted?: readonly string[];
  readonly kept?: readonly string[];
  readonly drift?: string | null;
  /** Whether a revert has kept any: that is no drift, and not what was there before either. */
  readonly hasKept?: boolean;
  /** How many migrations of the release the request found not applied. */
  readonly pending?: number;
}

/** Longest text of one key of Data, in bytes: all of it and the reason share 4,096 of them. */
const MAX_VALUE = 400;

export function success(intent: Intent, reason: string, facts: Facts = {}): FinalAnswer {
  const physicalId = physicalIdOf(intent);
  return { kind: 'answer', status: 'SUCCESS', physicalId, reason, data: dataOf(intent, facts), tally: tallyOf(facts) };
}

/**
 * A Create that left nothing behind says so in its physical id: the Delete that CloudFormation sends for it needs no
 * database then, and a wrong security group on the first day does not end in ROLLBACK_FAILED.
 */
export function failed(intent: Intent, reason: string, leftNothing: boolean, facts: Facts = {}): FinalAnswer {
  const suffix = intent.kind === 'create' && leftNothing ? NOTHING_SUFFIX : '';
  return { ...success(intent, reason, facts), status: 'FAILED', physicalId: `${physicalIdOf(intent)}${suffix}` };
}

/**
 * Set at Create, per resource and database; later requests get back the id that they were sent. Any other id would make
 * CloudFormation take the resource for replaced and send a Delete.
 */
export function physicalIdOf(intent: Intent): string {
  const { stackId, logicalId } = intent.request.resource;
  const stackName = /:stack\/([^/]+)/.exec(stackId)?.[1] ?? 'stack';
  const prefix = `${PHYSICAL_ID_PREFIX}${stackName}`;
  if (isOfRelease(intent)) return intent.physicalId ?? `${prefix}/${intent.logicalId}`;
  return intent.kind === 'create' ? `${prefix}/${logicalId}:${intent.release.database}` : intent.physicalId;
}

/** Data of an answer that has nothing to say. */
export const EMPTY_DATA: ResponseData = { Version: '', Digest: '', Applied: '', Reverted: '', Kept: '', Drift: '' };

function dataOf({ release }: Intent, facts: Facts): ResponseData {
  const list = (names: readonly string[] | undefined): string => cutInTheMiddle(listNames(names ?? []), MAX_VALUE);
  return {
    Version: release.version,
    Digest: release.digest,
    Applied: list(facts.applied),
    Reverted: list(facts.reverted),
    Kept: list(facts.kept),
    Drift: cutInTheMiddle(facts.drift ?? '', MAX_VALUE),
  };
}

function tallyOf({ applied = [], reverted = [], drift = null, hasKept = false, pending }: Facts): Tally {
  return {
    applied: applied.length,
    reverted: reverted.length,
    ...(pending !== undefined && { pending }),
    hasMismatch: hasKept || drift !== null,
  };
}
