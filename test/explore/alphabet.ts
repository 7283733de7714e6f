import type { OnDeleteValue, OnRemovedValue, Release } from '../../lambda/plan/intent';
import type { Manifest } from '../../lambda/manifest/types';
import { releaseOf, shipped } from '../unit/releases';

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
  /** The release with the same digest that comes first: resources of releases and the application have its name. */
  readonly code: Name;
}

export interface Options {
  readonly onRemoved: OnRemovedValue;
  readonly onDelete: OnDeleteValue;
}

/**
 * The releases of one exploration: `{ A: '1', B: '1 2' }`; an apostrophe in a name is another option of the same release, a
 * minus is onRemoved REVERT.
 */
export class Alphabet {
  readonly letters: ReadonlyMap<Name, Letter>;

  constructor(said: Readonly<Record<Name, string>>, options: Options) {
    const all = Object.entries(said).map(([name, tokens]) => letterOf(name, tokens, options));
    const codeOf = (letter: Letter): Name =>
      all.find(({ manifest }) => manifest.digest === letter.manifest.digest)?.name ?? letter.name;
    this.letters = new Map(all.map((letter) => [letter.name, { ...letter, code: codeOf(letter) }]));
  }

  get names(): readonly Name[] {
    return [...this.letters.keys()];
  }

  of(name: Name): Letter {
    const letter = this.letters.get(name);
    if (letter === undefined) throw new Error(`no release ${name}`);
    return letter;
  }

  manifest(digest: string): Manifest | undefined {
    return [...this.letters.values()].find(({ manifest }) => manifest.digest === digest)?.manifest;
  }
}

function letterOf(name: Name, tokens: string, options: Options): Letter {
  const manifest = shipped(tokens);
  const nonce = name.includes("'") ? 'other' : 'usual';
  const more = name.includes('-') ? { ...options, onRemoved: 'REVERT' as const } : options;
  const namesOf = (isContracting: boolean): readonly string[] =>
    manifest.migrations.filter(({ phase }) => (phase === 'contract') === isContracting).map((entry) => entry.name);
  return {
    name,
    manifest,
    first: releaseOf(tokens, { nonce, ...more }),
    second: releaseOf(tokens, { nonce: `${nonce}, contracting`, ...more }),
    expands: namesOf(false),
    contracts: namesOf(true),
    code: name,
  };
}
