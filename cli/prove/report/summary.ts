import type { ProveEvent } from '../prove-folder';

/** What came of a run, in numbers. */
export interface Summary {
  readonly proved: number;
  readonly found: number;
  readonly irreversible: number;
  readonly notReached: number;
  /** Whether the folder as a whole is wrong though its migrations are not. */
  readonly isFolderWrong: boolean;
}

export function summaryOf(events: readonly ProveEvent[]): Summary {
  const proofs = events.flatMap((event) => (event.kind === 'migration' ? [event.proof] : []));
  const count = (wanted: string): number => proofs.filter(({ verdict }) => verdict === wanted).length;
  return {
    proved: count('proved'),
    found: count('found'),
    irreversible: count('irreversible'),
    notReached: events.reduce((sum, event) => sum + (event.kind === 'not-reached' ? event.names.length : 0), 0),
    isFolderWrong: events.some((event) => event.kind === 'folder' && event.proof.verdict === 'found'),
  };
}

export function hasFound({ found, notReached, isFolderWrong }: Summary): boolean {
  return found > 0 || notReached > 0 || isFolderWrong;
}

/** The last line. */
export function describeSummary(summary: Summary, milliseconds: number): string {
  const { proved, found, irreversible, notReached, isFolderWrong } = summary;
  const parts = [
    `${proved} proved`,
    ...(found > 0 ? [`${found} found wrong`] : []),
    ...(irreversible > 0 ? [`${irreversible} irreversible`] : []),
    ...(notReached > 0 ? [`${notReached} not reached`] : []),
    ...(isFolderWrong ? ['the folder as a whole found wrong'] : []),
  ];
  return `${parts.join(', ')}, in ${(milliseconds / 1000).toFixed(1)} s`;
}
