import type { BaseSchema } from './base-schema';
import type { FolderProof, MigrationProof } from './finding';
import type { PlayedFolder } from './played-folder';
import { releaseOf } from './played-release';
import { proveMigration } from './prove-migration';
import { proveWhole } from './prove-whole';
import { toldElsewhere } from './reach/elsewhere';
import { toldOnMariaDb } from './report/told-on-mariadb';
import { RowFiller } from './rows/row-filler';
import { Stage, type StageServer } from './stage';

/** What came of the try to prove one migration. */
export type Tried =
  | { readonly kind: 'migration'; readonly proof: MigrationProof }
  /** What comes before it cannot be applied. */
  | { readonly kind: 'not-reached'; readonly reason: string };

/** Proves single migrations on a schema that is kept, and knows where that stands. */
export class Prover {
  readonly #rows = new RowFiller();
  /** Stored scripts of what is applied, oldest first; null where the schema is in no state to build upon. */
  #applied: readonly string[] | null = null;

  private constructor(private readonly stage: Stage) {}

  static async start(
    server: StageServer,
    schema: string,
    signal: AbortSignal,
    base: BaseSchema | null = null,
  ): Promise<Prover> {
    return new Prover(await Stage.open(server, schema, signal, base));
  }

  end(): Promise<void> {
    return this.stage.end();
  }

  /**
   * Proves one migration at the schema before it.
   *
   * @param next where the schema is to be left: after it for the one that follows; before it, where it itself will be next
   */
  async prove(folder: PlayedFolder, index: number, next: 'before' | 'after'): Promise<Tried> {
    const { stage } = this;
    const migration = folder.migrations[index];
    if (migration === undefined) throw new Error(`there is no migration ${index}`);
    const failure = await this.#bringTo(folder, index);
    if (failure !== null) return { kind: 'not-reached', reason: failure };
    const [from, to] = [releaseOf(folder, index), releaseOf(folder, index + 1)];
    this.#applied = null;
    const { proof, left } = await proveMigration({ stage, rows: this.#rows, migration, from, to });
    let at = left;
    if (at === 'after' && next === 'before' && proof.verdict !== 'irreversible') {
      at = (await stage.back()).kind === 'done' && proof.findings.length === 0 ? 'before' : 'unknown';
    }
    if (at === 'before' && next === 'after') at = (await stage.forward(to)).kind === 'done' ? 'after' : 'unknown';
    if (at === 'after') await stage.settle();
    if (at !== 'unknown') this.#applied = scriptsOf(folder, at === 'after' ? index + 1 : index);
    const told = toldElsewhere(proof, migration, stage.name);
    return { kind: 'migration', proof: stage.server.kind === 'mariadb' ? toldOnMariaDb(told) : told };
  }

  /** Brings the schema to where so many migrations are applied, ahead of the time when it is needed there. */
  async prepare(folder: PlayedFolder, count: number): Promise<void> {
    await this.#bringTo(folder, count);
  }

  /** All migrations in one deployment. `found`: how many are wrong by themselves. */
  async proveWhole(folder: PlayedFolder, found: number): Promise<FolderProof> {
    this.#applied = null;
    this.#rows.forget();
    return proveWhole(this.stage, folder, found);
  }

  /** Brings the schema to where so many migrations are applied. Why that cannot be; null where it is there. */
  async #bringTo(folder: PlayedFolder, count: number): Promise<string | null> {
    const wanted = scriptsOf(folder, count);
    const applied = this.#applied;
    if (applied?.length === count && applied.every((script, index) => script === wanted[index])) return null;
    const isOnTheWay =
      applied !== null && applied.length < count && applied.every((script, at) => script === wanted[at]);
    const release = releaseOf(folder, count);
    this.#applied = null;
    if (!isOnTheWay) this.#rows.forget();
    const played = isOnTheWay ? await this.stage.forward(release) : await this.stage.startAt(release);
    if (played.kind !== 'done') return played.reason;
    await this.stage.settle();
    this.#applied = wanted;
    return null;
  }
}

function scriptsOf({ migrations }: PlayedFolder, count: number): readonly string[] {
  return migrations.slice(0, count).map(({ entry }) => `${entry.name} ${entry.sha256}`);
}
