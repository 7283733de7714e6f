import type { ManifestEntry } from '../manifest/types';

/** What somebody wants who invokes the function directly. */
export type Command =
  | { readonly kind: 'up' | 'verify' | 'watch' }
  /** `release`: one that may be deployed, of which nothing is in the function's code; null: the function's own. */
  | { readonly kind: 'plan'; readonly release: readonly GivenMigration[] | null }
  /** `wantsDrift`: also how the schema differs from what the last run has left. */
  | { readonly kind: 'status'; readonly wantsDrift: boolean }
  | { readonly kind: 'down'; readonly until: DownUntil }
  | { readonly kind: 'repair'; readonly migration: string; readonly what: Repair }
  | {
      readonly kind: 'adopt';
      readonly from: Tool;
      /** Of that tool's history; null: the one that it has by default. */
      readonly table: string | null;
      readonly record: Confirmed;
    }
  /** What comes up to this migration counts as applied. */
  | { readonly kind: 'baseline'; readonly to: string; readonly record: Confirmed }
  | { readonly kind: 'dump' };

/** A migration of a release that may be deployed. */
export interface GivenMigration extends ManifestEntry {
  /** Names of the tables that it touches. */
  readonly tables: readonly string[];
}

/** Other tools, whose history can be adopted. */
export const TOOLS = ['umzug', 'sequelize', 'knex', 'dbmate', 'golang-migrate', 'goose', 'flyway'] as const;

export type Tool = (typeof TOOLS)[number];

/** The migrations that are to be recorded, which somebody was shown before; null: they are to be shown. */
export type Confirmed = readonly string[] | null;

/** Where going down ends. */
export type DownUntil =
  /** What was applied after this migration is reverted. */
  | { readonly kind: 'name'; readonly name: string }
  /** This many migrations are reverted. */
  | { readonly kind: 'steps'; readonly steps: number };

/** What somebody says of a migration that the function cannot know by itself. */
export type Repair =
  /** What became of the one step of which nothing shows whether it was done. */
  | { readonly kind: 'step'; readonly step: number; readonly isDone: boolean }
  /** What a person has made of the whole migration by hand. */
  | { readonly kind: 'state'; readonly is: 'applied' | 'reverted' }
  /** An edited text counts as what was applied; null: the one in the function's code. */
  | { readonly kind: 'checksum'; readonly checksum: string | null };

/** An event that is meant as a command and is none. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly problem: string;
}

/** An event, or a part of one, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

const FORMS = [
  '{"command":"status"}',
  '{"command":"status","diff":true}',
  '{"command":"plan"}',
  '{"command":"up"}',
  '{"command":"verify"}',
  '{"command":"watch"}',
  '{"command":"down","to":"0003_name"}',
  '{"command":"down","steps":1}',
  '{"command":"repair","migration":"0003_name","step":2,"is":"done" or "not-done"}',
  '{"command":"repair","migration":"0003_name","is":"applied" or "reverted"}',
  '{"command":"repair","migration":"0003_name","checksum":true or the 64 digits}',
  `{"command":"adopt","from":"${TOOLS.join('" or "')}"}`,
  '{"command":"baseline","to":"0003_name"}',
  '{"command":"dump"}',
] as const;

/** Longest piece of an event that is repeated in an error. */
const MAX_SHOWN = 200;

/**
 * Reads an event as a command; null where it is not meant as one. A field that is not known makes it unreadable: what
 * changes a schema must not guess what was meant.
 */
export function readCommand(event: Fields): Command | Unreadable | null {
  if (!('command' in event)) return null;
  const { command, ...fields } = event;
  const read = typeof command === 'string' ? READERS.get(command) : undefined;
  const shown = JSON.stringify(event).slice(0, MAX_SHOWN);
  return read?.(fields) ?? { kind: 'unreadable', problem: `${shown} is no command; these are: ${FORMS.join(', ')}` };
}

const READERS: ReadonlyMap<string, (fields: Fields) => Command | null> = new Map([
  ...(['up', 'verify', 'watch', 'dump'] as const).map(
    (kind) => [kind, (fields: Fields) => (isEmpty(fields) ? { kind } : null)] as const,
  ),
  ['plan', readPlan] as const,
  ['status', readStatus] as const,
  ['down', readDown] as const,
  ['repair', readRepair] as const,
  ['adopt', readAdopt] as const,
  ['baseline', readBaseline] as const,
]);

function readPlan({ release, ...others }: Fields): Command | null {
  const isReadable = isEmpty(others) && (release === undefined || isRelease(release));
  return isReadable ? { kind: 'plan', release: release ?? null } : null;
}

function readStatus({ diff, ...others }: Fields): Command | null {
  const isReadable = isEmpty(others) && (diff === undefined || diff === true);
  return isReadable ? { kind: 'status', wantsDrift: diff === true } : null;
}

function readDown({ to, steps, ...others }: Fields): Command | null {
  if (!isEmpty(others)) return null;
  if (isText(to) && steps === undefined) return { kind: 'down', until: { kind: 'name', name: to } };
  if (isCount(steps) && to === undefined) return { kind: 'down', until: { kind: 'steps', steps } };
  return null;
}

function readRepair({ migration, ...fields }: Fields): Command | null {
  const what = isText(migration) ? readWhat(fields) : null;
  return what === null ? null : { kind: 'repair', migration: migration as string, what };
}

function readWhat({ step, is, checksum, ...others }: Fields): Repair | null {
  if (!isEmpty(others)) return null;
  if (checksum !== undefined) {
    const isReadable = checksum === true || (typeof checksum === 'string' && /^[0-9a-f]{64}$/.test(checksum));
    if (step !== undefined || is !== undefined || !isReadable) return null;
    return { kind: 'checksum', checksum: checksum === true ? null : checksum };
  }
  if (step === undefined) return is === 'applied' || is === 'reverted' ? { kind: 'state', is } : null;
  if (!isCount(step) || (is !== 'done' && is !== 'not-done')) return null;
  return { kind: 'step', step, isDone: is === 'done' };
}

function readAdopt({ from, table, record, ...others }: Fields): Command | null {
  const tool = TOOLS.find((name) => name === from);
  const isReadable = isEmpty(others) && (table === undefined || isText(table)) && isConfirmed(record);
  return tool === undefined || !isReadable
    ? null
    : { kind: 'adopt', from: tool, table: table ?? null, record: record ?? null };
}

function readBaseline({ to, record, ...others }: Fields): Command | null {
  return isEmpty(others) && isText(to) && isConfirmed(record) ? { kind: 'baseline', to, record: record ?? null } : null;
}

function isRelease(value: unknown): value is readonly GivenMigration[] {
  const isGiven = (entry: Fields | null): boolean =>
    ['name', 'file', 'checksum', 'sha256'].every((key) => isText(entry?.[key])) &&
    Array.isArray(entry?.['tables']) &&
    entry['tables'].every(isText);
  return Array.isArray(value) && value.every(isGiven);
}

function isConfirmed(value: unknown): value is readonly string[] | undefined {
  return value === undefined || (Array.isArray(value) && value.length > 0 && value.every(isText));
}

function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0;
}

/** A text in which there is something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
