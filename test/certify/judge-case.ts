import type { Scene } from '../../certify/evidence/evidence';

/** What one assumption needs to see, in the world that we believe in and in others. */
export interface Case {
  readonly id: string;
  readonly held: Scene;
  /** Worlds that go another way, by what is other in them. */
  readonly differs: Readonly<Record<string, Scene>>;
  /** Worlds that show neither, by what is missing in them. */
  readonly unseen?: Readonly<Record<string, Scene>>;
}
