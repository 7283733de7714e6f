import type { Evidence, Scene, SeenLine, StackEvent } from './evidence/evidence';
import type { Play } from './plays/stage';
import { NotPlayed, Stage } from './plays/stage';
import type { CertifyTarget } from './target/target';

type Unfilled = Omit<Scene, 'events' | 'seen'>;

/**
 * Plays one play after the other. One that goes wrong is noted, and the next begins where the stack is fit for it. Rejects
 * where it was stopped; what was seen until then is lost, since a run that was stopped certifies nothing.
 */
export async function runPlays(
  plays: readonly Play[],
  target: CertifyTarget,
  signal: AbortSignal,
  onPlay: (play: Play, notPlayed?: string) => void,
): Promise<Omit<Evidence, 'remains'>> {
  const startedAt = new Date();
  const scenes: Unfilled[] = [];
  let status = 'DELETED';
  for (const play of plays) {
    const begun = new Date();
    const stage = new Stage(target, signal);
    const why = lack(play, target) ?? unfit(play, status);
    const notPlayed = why ?? (await playIt(play, stage, signal));
    onPlay(play, notPlayed);
    scenes.push(stage.scene(play, begun, notPlayed));
    status = stage.lastStatus ?? status;
  }
  await target.settle();
  const [events, seen] = [await target.events(), await target.seen()];
  return {
    target: target.name,
    versions: target.versions,
    region: target.region,
    startedAt: startedAt.toISOString(),
    scenes: filled(scenes, events, seen),
  };
}

async function playIt(play: Play, stage: Stage, signal: AbortSignal): Promise<string | undefined> {
  try {
    signal.throwIfAborted();
    await play.run(stage);
    return undefined;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NotPlayed) return error.message;
    // A target that cannot go on says so at the next play too; what was seen is worth having all the same.
    return error instanceof Error ? error.message : String(error);
  }
}

function lack({ needs }: Play, { lacks }: CertifyTarget): string | undefined {
  return needs === undefined ? undefined : lacks.get(needs);
}

/** Why a play cannot begin. */
function unfit({ begins }: Play, status: string): string | undefined {
  const isFit = begins === 'with-stack' ? UPDATABLE.has(status) : CREATABLE.has(status);
  return isFit ? undefined : `the stack was in ${status} when its turn came`;
}

const UPDATABLE: ReadonlySet<string> = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);
const CREATABLE: ReadonlySet<string> = new Set(['DELETED', 'ROLLBACK_COMPLETE']);

/** What happened from the beginning of a play to the beginning of the next belongs to it. */
function filled(
  scenes: readonly Unfilled[],
  events: readonly StackEvent[],
  seen: readonly SeenLine[],
): readonly Scene[] {
  return scenes.map((scene, index) => {
    const until = scenes[index + 1]?.startedAt ?? '9999';
    const isWithin = ({ time }: { readonly time: string }): boolean => time >= scene.startedAt && time < until;
    return { ...scene, events: events.filter(isWithin), seen: seen.filter(isWithin) };
  });
}
