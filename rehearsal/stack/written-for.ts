import { RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import { textOf } from '../template/json';
import type { LiveResource, WrittenFor } from './stack-types';

/**
 * The releases of what waits for migrations, while these are of the template that it is from.
 * @param after - logical ids of the resources that it needs
 */
export function writtenFor(after: readonly string[], live: ReadonlyMap<string, LiveResource>): WrittenFor {
  const awaited = after
    .map((id) => live.get(id))
    .filter((resource) => resource !== undefined)
    .filter(({ type }) => type === RESOURCE_TYPE || type === RELEASE_TYPE)
    .map(({ properties }) => properties);
  // What waits for the migrations that contract is no application that these wait for.
  if (awaited.some(({ ContractOf: contractOf }) => contractOf !== undefined)) return {};
  return Object.fromEntries(
    awaited.map(({ ServiceToken: token, Digest: digest }) => [textOf(token), [textOf(digest)]]),
  );
}

/** For code that is the same in two templates: what only one of them makes it wait for, it does not need. */
export function writtenForBoth(before: WrittenFor, after: WrittenFor): WrittenFor {
  return Object.fromEntries(
    Object.entries(after)
      .filter(([token]) => before[token] !== undefined)
      .map(([token, digests]) => [token, [...new Set([...(before[token] ?? []), ...digests])]]),
  );
}
