import type { DatabaseReport, PlayKind, PlayReport, RehearsalReport, ReleaseOrigin } from './rehearsal-report';
import { counted } from '../../counted';

/** What plays are called. */
export const PLAY_TITLES: Readonly<Record<PlayKind, string>> = {
  forward: 'The deployment, undisturbed',
  'sibling-fails': 'Another resource fails',
  'dies-once': 'The function dies, and is called again',
  'dies-always': 'The function dies in all attempts',
  delete: 'The stack is deleted',
};

export const OUTCOME_WORDS: Readonly<Record<PlayReport['outcome'], string>> = {
  held: 'held',
  found: 'FOUND',
  skipped: 'not played',
};

/** `main (1a2b3c4)`. */
export function originText(origin: ReleaseOrigin): string {
  switch (origin.kind) {
    case 'commit':
      return origin.commit.startsWith(origin.name)
        ? origin.commit.slice(0, 10)
        : `${origin.name} (${origin.commit.slice(0, 7)})`;
    case 'working-tree':
      return 'the working tree';
    case 'assembly':
      return origin.folder;
    case 'none':
      return `nothing (${origin.because})`;
  }
}

/** The verdict in a sentence. */
export function verdictText({ verdict, plays }: RehearsalReport): string {
  const played = plays.filter(({ outcome }) => outcome !== 'skipped');
  const found = plays.filter(({ outcome }) => outcome === 'found');
  return verdict === 'held'
    ? `All ${played.length} plays came out as they must.`
    : `${found.length} of ${counted(played.length, 'play')} did not come out as ${found.length === 1 ? 'it' : 'they'} must.`;
}

/** `billing: 2 new migrations, after 0001_user`. */
export function databaseText({ name, migrations, removed, from }: DatabaseReport): string {
  const gone = removed.length === 0 ? '' : `, ${removed.length} removed`;
  const after = from === '' ? '' : `, after ${from}`;
  return `${name || 'a database'}: ${counted(migrations.length, 'new migration')}${gone}${after}`;
}

/** `1.2 s`, `340 ms`, `0.4 ms`. */
export function duration(milliseconds: number): string {
  if (milliseconds === 0) return '0 s';
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}

/** The same, or a dash for what was not run. */
export function durationOrDash(milliseconds: number | null): string {
  return milliseconds === null ? '–' : duration(milliseconds);
}
