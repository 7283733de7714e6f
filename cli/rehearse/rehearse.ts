import { Rehearsal } from '../../rehearsal/rehearsal';
import { productOf, throwawayServer } from '../database/throwaway-server';
import { databaseReports, namesBefore } from './play/database-reports';
import { withConditionsHeld } from './play/conditions-held';
import { namesApart, onAnotherServer, withNames } from './play/databases-apart';
import { deathPoint } from './play/death-point';
import { codeAround, waitingInEither } from './play/waiting-code';
import { notPlayed, type Surroundings } from './play/not-played';
import {
  notReached,
  playDelete,
  playDiesAlways,
  playDiesOnce,
  playForward,
  playSiblingFails,
  type Plot,
  type Seen,
} from './play/plays';
import { contentsOf } from './play/release-content';
import { hasIamLogin, type Releases, Stage } from './play/stage';
import { type RunStatement, STATEMENT_LOG_ARGUMENTS, StatementLog } from './play/statement-log';
import type { AssemblyStack } from './release/assembly';
import type { PlayKind, PlayReport, RehearsalReport, ReleaseOrigin } from './report/rehearsal-report';

/** What is played, and what is to be said of it. */
export interface RehearsalInput {
  readonly releases: Releases;
  readonly origins: { readonly base: ReleaseOrigin; readonly next: ReleaseOrigin };
  readonly lookups: readonly string[];
  /** Is told of each play when it begins and when it has ended. */
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

export type Progress =
  | { readonly kind: 'server'; readonly name: string }
  | { readonly kind: 'begins'; readonly play: PlayKind }
  | { readonly kind: 'ended'; readonly report: PlayReport };

/** Plays the deployment of a release, undisturbed and disturbed, and says what was seen. Leaves nothing behind. */
export async function rehearse(input: RehearsalInput): Promise<RehearsalReport> {
  const { origins, lookups, signal, onProgress } = input;
  const startedAt = new Date();
  // Before a server is started: what cannot be read needs none.
  const next = contentsOf(input.releases.next.template);
  const base = input.releases.base === null ? [] : contentsOf(input.releases.base.template);
  const baseNames = namesBefore(base, next);
  const names = namesApart(base, next);
  const releases = playable(input.releases, names);

  // Never the one of DATABASE_URL: databases are made and dropped under the names that the template has, which may be those of
  // somebody's data.
  const database = await throwawayServer(STATEMENT_LOG_ARGUMENTS, {
    lack: 'there is no database server to rehearse on, and nothing was played',
    state: 'Nothing was played',
  });
  const ends: (() => unknown)[] = [() => database.stop()];
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  try {
    signal.throwIfAborted();
    onProgress({ kind: 'server', name: productOf(database) });
    const rehearsal = await Rehearsal.start({ database, reuseProcesses: true });
    ends.unshift(() => rehearsal.stop());
    const log = await StatementLog.open(database);
    ends.unshift(() => log.close());
    const plot: Plot = {
      stage: new Stage(rehearsal, log, releases),
      isFirstRelease: releases.base === null,
      next,
      base: baseNames,
      death: deathPoint(next, baseNames),
      waiting: waitingInEither(releases),
    };
    const work = play(plot, onProgress, signal);
    // What is under way when it is stopped fails in any way.
    work.catch(() => undefined);
    const { plays, forward, back } = await Promise.race([work, aborted]);
    const server = productOf(database);
    return {
      version: 1,
      verdict: plays.some(({ outcome }) => outcome === 'found') ? 'found' : 'held',
      stack: releases.next.path,
      ...origins,
      server,
      startedAt: startedAt.toISOString(),
      milliseconds: Date.now() - startedAt.getTime(),
      databases: databaseReports(next, base, forward.act, back),
      plays,
      notPlayed: notPlayed({
        ...surroundingsOf(releases.next),
        // Where all of it came to be; a stack that was rolled back lacks resources for that reason alone.
        made: forward.report.outcome === 'held' ? new Set(forward.act.recording.resources.keys()) : null,
        renamed: new Map(
          next.flatMap(({ functionId }) => names.get(functionId)?.renamed ?? []).map((each) => [each.to, each]),
        ),
        replaced: onAnotherServer(base, next),
        base: origins.base,
        server,
        lookups,
      }),
    };
  } finally {
    for (const end of ends) await end();
  }
}

/** What the stack itself says of what is around it. */
function surroundingsOf(
  stack: AssemblyStack,
): Pick<Surroundings, 'template' | 'dependents' | 'parent' | 'around' | 'hasIamLogin'> {
  const { template, dependents, parent } = stack;
  return {
    template,
    dependents,
    parent: parent?.stack.name ?? null,
    around: codeAround(stack),
    hasIamLogin: hasIamLogin(template),
  };
}

/** The releases as they can be played: with their databases apart, and with what their migrations are under. */
function playable({ base, next }: Releases, names: ReturnType<typeof namesApart>): Releases {
  const templateOf = (stack: AssemblyStack): AssemblyStack => ({
    ...stack,
    template: withConditionsHeld(withNames(stack.template, names)),
  });
  return { base: base && templateOf(base), next: templateOf(next) };
}

interface Played {
  readonly plays: readonly PlayReport[];
  readonly forward: Seen;
  /** Statements that were run when all was reverted. */
  readonly back: readonly RunStatement[];
}

async function play(plot: Plot, onProgress: RehearsalInput['onProgress'], signal: AbortSignal): Promise<Played> {
  const tell = async <Result extends PlayReport | Seen>(
    kind: PlayKind,
    run: () => Promise<Result>,
  ): Promise<Result> => {
    signal.throwIfAborted();
    onProgress({ kind: 'begins', play: kind });
    const result = await run();
    onProgress({ kind: 'ended', report: 'report' in result ? result.report : result });
    return result;
  };
  const forward = await tell('forward', () => playForward(plot));
  if (forward.report.outcome === 'found') {
    const others = (['sibling-fails', 'dies-once', 'dies-always', 'delete'] as const).map(notReached);
    return { plays: [forward.report, ...others], forward, back: [] };
  }
  // On the stack that the first one has left.
  const deletion = await tell('delete', () => playDelete(plot));
  const sibling = await tell('sibling-fails', () => playSiblingFails(plot));
  const once = await tell('dies-once', () => playDiesOnce(plot, forward));
  const always = await tell('dies-always', () => playDiesAlways(plot));
  const plays = [forward.report, sibling.report, once, always, deletion];
  return { plays, forward, back: sibling.act.recording.statements };
}
