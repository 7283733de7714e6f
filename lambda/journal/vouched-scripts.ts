import { sha256 } from '../manifest/checksum';
import { failure, type Failure, type Refused } from '../words/failure';
import type { HistoryRow } from '../plan/history';
import { isStillWhole } from '../plan/plan-revert';
import { digestOf } from '../manifest/manifest';
import { adviseApplied, adviseReverted } from '../words/repair-advice';
import { readScript, type ReadScript } from '../sql/script';
import type { Manifest } from '../manifest/types';
import type { DeploymentJournal } from './deployment-journal';
import type { MigrationJournal } from './migration-journal';
import type { OwnScripts } from '../ports';

/** Where scripts and manifests are. */
export interface VouchedSources {
  readonly deployments: DeploymentJournal;
  readonly migrations: MigrationJournal;
  /** The manifest and the scripts in the function's own code. */
  readonly code: Manifest;
  readonly own: OwnScripts;
}

/**
 * Loads scripts that one of some digests vouches for.
 *
 * A script in the journal runs only if its hash is in a manifest whose hash chain is a digest that came from
 * CloudFormation or is the function's own: whoever can write rows must not thereby run code in the function.
 */
export class VouchedScripts {
  readonly #sources: VouchedSources;
  readonly #digests: readonly string[];
  readonly #owed: readonly number[];
  #vouched: Promise<ReadonlyMap<string, ReadonlySet<string>>> | undefined;

  /** @param owed ids of deployments that were rolled back before, of which something is left */
  constructor(sources: VouchedSources, digests: readonly string[], owed: readonly number[] = []) {
    this.#sources = sources;
    this.#digests = digests;
    this.#owed = owed;
  }

  /** The script of a row of history; where the stored one is not vouched for, the function's own of that name. */
  async load(row: HistoryRow): Promise<ReadScript | Refused> {
    const { storedName, name, checksum } = row;
    const hashes = await this.#hashesOf(name);
    const stored = await this.#sources.migrations.script(storedName);
    if (stored !== null && hashes?.has(sha256(stored)) === true) return readScript(stored);
    // A release built with another bundler has other scripts of the same sources.
    const isOurs =
      this.#digests.includes(this.#sources.code.digest) &&
      this.#sources.code.migrations.some((entry) => entry.name === name && entry.checksum === checksum);
    if (stored !== null && isOurs) return readScript(this.#sources.own.text(name));
    const why = stored === null ? 'absent' : (await this.#isOfItsRelease(row, stored)) ? 'not-brought' : 'changed';
    const isLeft = why === 'not-brought' && this.#owed.includes(row.deployment ?? 0);
    return { kind: 'refused', failure: notVouched(row, isLeft ? 'left' : why) };
  }

  /** Whether a script is the one that the deployment which applied it brought, as far as the journal itself can tell. */
  async #isOfItsRelease({ name, deployment }: HistoryRow, stored: string): Promise<boolean> {
    for (const digest of await this.#sources.deployments.digests(deployment === null ? [] : [deployment])) {
      const entries = await this.#sources.deployments.manifest(digest);
      if (entries === null || digestOf(entries) !== digest) continue;
      if (entries.some((entry) => entry.name === name && entry.sha256 === sha256(stored))) return true;
    }
    return false;
  }

  /** Whether a row's stored script is in one of the manifests; true where it has none. */
  async hasTrueScript({ storedName, name }: HistoryRow): Promise<boolean> {
    const hashes = await this.#hashesOf(name);
    try {
      const stored = await this.#sources.migrations.script(storedName);
      return stored === null || hashes?.has(sha256(stored)) === true;
    } catch (error) {
      // zlib's: what is stored is no script at all.
      if (String((error as { code?: unknown }).code).startsWith('Z_')) return false;
      throw error;
    }
  }

  async #hashesOf(name: string): Promise<ReadonlySet<string> | undefined> {
    this.#vouched ??= this.#readVouched();
    return (await this.#vouched).get(name);
  }

  async #readVouched(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const vouched = new Map<string, Set<string>>();
    const { code, deployments } = this.#sources;
    for (const digest of new Set(this.#digests)) {
      const entries = digest === code.digest ? code.migrations : await deployments.manifest(digest);
      if (entries === null || digestOf(entries) !== digest) continue;
      for (const { name, sha256: hash } of entries) vouched.set(name, (vouched.get(name) ?? new Set()).add(hash));
    }
    return vouched;
  }
}

/**
 * - `absent`: there is no script
 * - `not-brought`: the request names neither as old nor as new the release that it belongs to. After two deployments without
 *   rollback, CloudFormation goes back from the second one to the release before the first: it forgets the first. That the
 *   journal has its row proves nothing, since whoever can write scripts can write rows.
 * - `left`: the same, of a deployment that was rolled back before this one, and not to its end
 * - `changed`: no release that the journal knows has it
 */
function notVouched(row: HistoryRow, why: 'absent' | 'not-brought' | 'left' | 'changed'): Failure {
  const { storedName, state, removedBy } = row;
  const now =
    state === 'removed'
      ? `it was not applied again: ${adviseApplied(storedName)}`
      : `it is still ${state === 'reverting' && !isStillWhole(row) ? 'partly ' : ''}applied: ${adviseReverted(storedName)}`;
  const isBegun = why === 'not-brought' && state === 'reverting' && removedBy !== null;
  return failure(
    'not-vouched',
    `${REASONS[isBegun ? 'begun' : why](storedName)} ${why === 'absent' ? now : `As for the migration, ${now}`}`,
  );
}

const REASONS = {
  absent: (name: string) => `the journal holds no script of ${name}, so it cannot be run;`,
  'not-brought': (name: string) =>
    `${name} was applied with a text that neither the release which is reverted nor the one which is gone back to has, as ` +
    `after a deployment with --no-rollback and another one with the file edited; only texts of these two are run. Nobody need have changed anything. ` +
    `By hand: put the file back as it was and try again.`,
  begun: (name: string) =>
    `reverting ${name} was begun when a release that lacks it had succeeded, and failed then. Only texts of the two releases of ` +
    `this request are run, and neither has it. By hand: put its file back and deploy, which applies it again.`,
  left: (name: string) =>
    `${name} is left of a deployment that was rolled back and not wholly reverted: the log of that time says why. Only texts of the ` +
    `two releases of this request are run, and neither has it as it was. By hand: put its file back and deploy, which takes it over.`,
  changed: (name: string) =>
    `the stored script of ${name} is not the one that the release was deployed with; it was not run. ` +
    `Somebody changed the table migration or migration_deployment: find out who.`,
};
