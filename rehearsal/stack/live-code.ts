import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ASSET, RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import { isContract, versionOf } from '../../lambda/manifest/manifest';
import type { Manifest } from '../../lambda/manifest/types';
import type { CustomResourceRequest } from './stack-types';
import type { JournalReader, JournalRow } from '../servers/journal-reader';
import { unmetNeeds } from './unmet-needs';
import type { WrittenFor } from './stack-types';

/** What the check of live code has found. */
export interface LiveCodeReport {
  /** Changes of code or schema at which it was looked. */
  readonly checks: number;
  /** When code of which release lacked what, or met what. */
  readonly violations: readonly string[];
  /** Which code was live when. */
  readonly lives: readonly CodeLife[];
}

/** How long a function or a service had code of a release. */
export interface CodeLife {
  readonly logicalId: string;
  /** For each database the newest migration of its release; of the first and the last one, where it is part of several. */
  readonly releases: readonly (readonly string[])[];
  readonly from: Date;
  /** Absent as long as it is live. */
  to?: Date;
}

/**
 * Looks, at each change of an application's code and of the schema, whether live code lacks a migration of its release, or
 * meets a later one that contracts. It knows the releases from the assets that were deployed, and the schema from the
 * journal: not what the code uses, nor what a migration takes away that does not say that it contracts.
 */
export class LiveCode implements LiveCodeReport {
  checks = 0;
  readonly violations: string[] = [];
  readonly lives: CodeLife[] = [];
  readonly #journal: JournalReader;
  /** By digest. */
  readonly #manifests = new Map<string, Manifest>();
  /** By the ARN of the function that migrates them. */
  readonly #databases = new Map<string, string>();
  readonly #codes = new Map<string, readonly WrittenFor[]>();
  #complaints: ReadonlySet<string> = new Set();
  /** Changes with the codes. */
  #version = 0;
  #looking: Promise<unknown> = Promise.resolve();

  constructor(journal: JournalReader) {
    this.#journal = journal;
  }

  /** Notes what a function migrates and which release it carries, where its asset says so. */
  async knowFunction(arn: string, database: string, codeFolder: string): Promise<void> {
    const text = await readFile(path.join(codeFolder, ASSET.manifest), 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const manifest = JSON.parse(text) as Manifest;
    this.#manifests.set(manifest.digest, manifest);
    this.#databases.set(arn, database);
  }

  /** Notes of which releases the code of a function is part that was found to be the same in another template. */
  isStill(logicalId: string, writtenFor: WrittenFor): void {
    if (this.#codes.has(logicalId)) this.#set(logicalId, [writtenFor]);
  }

  /** Looks at the code that a function has now. */
  async becomes(logicalId: string, writtenFor: WrittenFor): Promise<void> {
    if (!this.#codes.has(logicalId) && isFreeOf(writtenFor)) return;
    this.#set(logicalId, [writtenFor]);
    await this.#look(true);
  }

  /** Looks where the update of a function has failed: its code may be the new one or still the old one. */
  async mayBecome(logicalId: string, writtenFor: WrittenFor): Promise<void> {
    const before = this.#codes.get(logicalId) ?? [];
    if (before.length === 0 && isFreeOf(writtenFor)) return;
    this.#set(logicalId, [...before, writtenFor]);
    await this.#look(true);
  }

  /** Notes that a function is gone. */
  isGone(logicalId: string): void {
    this.#set(logicalId, []);
  }

  /** Looks while a request is under way, and when it was answered. */
  async during<T>({ type }: CustomResourceRequest, work: () => Promise<T>): Promise<T> {
    if (type !== RESOURCE_TYPE && type !== RELEASE_TYPE) return work();
    const over = new AbortController();
    const watching = this.#watch(over.signal);
    try {
      return await work();
    } finally {
      over.abort();
      await watching;
      await this.#look(true);
    }
  }

  /** Ends its session; the next look begins another one. */
  async end(): Promise<void> {
    await this.#looking;
    await this.#journal.end();
  }

  #set(logicalId: string, codes: readonly WrittenFor[]): void {
    const known = codes.filter((each) => !isFreeOf(each));
    this.#version += 1;
    if (known.length === 0) this.#codes.delete(logicalId);
    else this.#codes.set(logicalId, known);
    this.#noteLives(logicalId, known);
  }

  #noteLives(logicalId: string, codes: readonly WrittenFor[]): void {
    const at = new Date();
    const open = this.lives.filter((life) => life.logicalId === logicalId && life.to === undefined);
    const now = codes.map((code) => this.#releasesOf(code));
    const isSame = (life: CodeLife, releases: CodeLife['releases']): boolean =>
      isDeepStrictEqual(life.releases, releases);
    for (const life of open) if (!now.some((releases) => isSame(life, releases))) life.to = at;
    for (const releases of now) {
      if (!open.some((life) => isSame(life, releases))) this.lives.push({ logicalId, releases, from: at });
    }
  }

  #releasesOf(code: WrittenFor): CodeLife['releases'] {
    return Object.values(code).map((digests) => [
      ...new Set(
        [digests[0], digests.at(-1)].map((digest) =>
          versionOf(this.#manifests.get(digest ?? '') ?? { migrations: [] }),
        ),
      ),
    ]);
  }

  async #watch(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.#look(false);
      await sleep(WATCH_EVERY_MS);
    }
  }

  /** One look after the other. */
  async #look(isChange: boolean): Promise<void> {
    const look = this.#looking.then(() => this.#lookNow(isChange));
    this.#looking = look;
    await look;
  }

  async #lookNow(isChange: boolean): Promise<void> {
    if (this.#codes.size === 0) return;
    let journals: ReadonlyMap<string, readonly JournalRow[]>;
    let version: number;
    do {
      version = this.#version;
      journals = await this.#readJournals();
      // What was read before code has changed says nothing of the new code.
    } while (version !== this.#version);
    if (journals.size === 0) return;
    if (isChange) this.checks += 1;
    const complaints = new Set(this.#complaintsOf(journals));
    for (const complaint of complaints) {
      if (!this.#complaints.has(complaint))
        this.violations.push(`at ${new Date().toISOString().slice(11, 19)} ${complaint}`);
    }
    this.#complaints = complaints;
  }

  /** By the function that migrates. */
  async #readJournals(): Promise<ReadonlyMap<string, readonly JournalRow[]>> {
    const journals = new Map<string, readonly JournalRow[]>();
    const tokens = new Set([...this.#codes.values()].flat().flatMap((each) => Object.keys(each)));
    for (const token of tokens) {
      const database = this.#databases.get(token);
      const journal = database === undefined ? undefined : await this.#journal.read(database);
      if (journal !== undefined) journals.set(token, journal);
    }
    return journals;
  }

  #complaintsOf(journals: ReadonlyMap<string, readonly JournalRow[]>): readonly string[] {
    const contracting = new Set<string>(
      [...this.#manifests.values()].flatMap(({ migrations }) => migrations.filter(isContract).map(({ name }) => name)),
    );
    const complaints: string[] = [];
    for (const [logicalId, codes] of this.#codes) {
      for (const writtenFor of codes) {
        for (const [token, digests] of Object.entries(writtenFor)) {
          const journal = journals.get(token);
          const releases = digests.map((digest) => this.#manifests.get(digest)).filter((each) => each !== undefined);
          const unmet = releases.map((release) => unmetNeeds(release, journal ?? [], contracting));
          // Code that is part of several releases fits the schema of each.
          if (journal === undefined || unmet.some((each) => each.length === 0)) continue;
          const newest = unmet.at(-1) ?? [];
          const of = versionOf(releases.at(-1) ?? { migrations: [] });
          complaints.push(...newest.map((what) => `code of ${of} in ${logicalId} met ${what}`));
        }
      }
    }
    return complaints;
  }
}

function isFreeOf(writtenFor: WrittenFor): boolean {
  return Object.keys(writtenFor).length === 0;
}

const WATCH_EVERY_MS = 10;
