import { ServerError } from '../../lambda/ports';
import type { BaseSchema } from './base-schema';
import type { FolderProof, MigrationProof } from './finding';
import type { PlayedFolder } from './played-folder';
import { Prover } from './prover';
import type { StageServer } from './stage';

/** What is to be proved, and where. */
export interface ProveOptions {
  readonly folder: PlayedFolder;
  readonly server: StageServer;
  /** Name of the schema that is made for it. */
  readonly schema: string;
  /** What is there before the first migration. */
  readonly base?: BaseSchema | null;
  /** Names of the migrations to prove; the others are only applied. Absent: all, and the folder as a whole. */
  readonly only?: ReadonlySet<string>;
  /** Ends it at the next statement. */
  readonly signal: AbortSignal;
}

/** What happens while a folder is proved. */
export type ProveEvent =
  | { readonly kind: 'begins'; readonly name: string }
  | { readonly kind: 'migration'; readonly proof: MigrationProof }
  /** These come after a migration whose up fails. */
  | { readonly kind: 'not-reached'; readonly names: readonly string[]; readonly because: string }
  | { readonly kind: 'folder'; readonly proof: FolderProof };

/** Proves a folder of migrations in a schema of its own, which is dropped in the end. */
export async function* proveFolder(options: ProveOptions): AsyncGenerator<ProveEvent, void> {
  const prover = await Prover.start(options.server, options.schema, options.signal, options.base);
  try {
    yield* proveAll(prover, options.folder, options.only);
  } finally {
    await prover.end();
  }
}

/** The same in a schema that is kept. `only`: see {@link ProveOptions}. */
export async function* proveAll(
  prover: Prover,
  folder: PlayedFolder,
  only?: ReadonlySet<string>,
): AsyncGenerator<ProveEvent, void> {
  const { migrations } = folder;
  const namesFrom = (index: number): readonly string[] => migrations.slice(index).map(({ entry }) => entry.name);
  let found = 0;
  for (const [index, { entry }] of migrations.entries()) {
    if (only?.has(entry.name) === false) continue;
    yield { kind: 'begins', name: entry.name };
    const isLast = only !== undefined && !namesFrom(index + 1).some((name) => only.has(name));
    const tried = await prover.prove(folder, index, isLast ? 'before' : 'after').catch((error: unknown) => {
      throw error instanceof ServerError ? whileProving(entry.file, error) : error;
    });
    if (tried.kind === 'not-reached') {
      yield {
        kind: 'not-reached',
        names: namesFrom(index),
        because: `what comes before ${entry.file} fails: ${tried.reason}`,
      };
      return;
    }
    yield tried;
    if (tried.proof.verdict === 'found') found += 1;
    if (tried.proof.findings.some(({ kind }) => kind === 'up-failed')) {
      const names = namesFrom(index + 1);
      if (names.length > 0) yield { kind: 'not-reached', names, because: `the up of ${entry.file} fails` };
      return;
    }
  }
  if (only === undefined) yield { kind: 'folder', proof: await prover.proveWhole(folder, found) };
}

/** Where the server refuses what is none of the migration's statements, one has to know which it was about. */
function whileProving(file: string, { code, errno, message }: ServerError): ServerError {
  return new ServerError(code, errno, `${message} (while ${file} was proved)`);
}
