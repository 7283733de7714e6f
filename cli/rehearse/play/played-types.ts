import { RELEASE_TYPE, RESOURCE_TYPE } from '../../../lambda/contract';

/** The custom resources whose function is called: ours. */
export const PLAYED_TYPES: ReadonlySet<string> = new Set([RESOURCE_TYPE, RELEASE_TYPE]);
