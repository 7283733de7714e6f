import type { Manifest } from '../../lambda/manifest/types';
import type { Release } from '../../lambda/plan/intent';
import { releaseOf, shipped } from './releases';

/** What a stack can be told to be at. */
export type Name = string;

/** A release that a stack may be updated to, and what its code needs. */
export interface Letter {
  readonly name: Name;
  readonly manifest: Manifest;
  /** Properties of the construct's first resource, and of its second. */
  readonly first: Release;
  readonly second: Release;
  /** Names of the migrations that its code cannot do without. */
  readonly expands: readonly string[];
  readonly contracts: readonly string[];
  /** What releases with the same digest have in common: resources of releases and the application have its name. */
  readonly code: Name;
  /** Whether its template has the resource of its release; constructs of older versions have none. */
  readonly hasRelease: boolean;
}

/** The releases of a stack. */
export interface Letters {
  of(name: Name): Letter;
}

/** The letter of a release that is written as for `shipped`. */
export function letterOf(
  tokens: string,
  { name, code, hasRelease }: Pick<Letter, 'name' | 'code' | 'hasRelease'>,
  { nonce = 'usual', ...options }: Partial<Release> & { readonly nonce?: string },
): Letter {
  const manifest = shipped(tokens);
  const namesOf = (isContracting: boolean): readonly string[] =>
    manifest.migrations.filter(({ phase }) => (phase === 'contract') === isContracting).map((entry) => entry.name);
  return {
    name,
    manifest,
    first: releaseOf(tokens, { nonce, ...options }),
    second: releaseOf(tokens, { nonce: `${nonce}, contracting`, ...options }),
    expands: namesOf(false),
    contracts: namesOf(true),
    code,
    hasRelease,
  };
}

export function namesOf({ manifest }: Letter): readonly string[] {
  return manifest.migrations.map((entry) => String(entry.name));
}
