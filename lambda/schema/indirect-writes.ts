import type { SchemaObject } from './inventory';
import type { ResolvedStep } from './resolved-step';
import { hasWholeName } from './whole-name';
import type { Step } from '../sql/step';

export type Write = 'insert' | 'update' | 'delete';

const EVERY: ReadonlySet<Write> = new Set(['insert', 'update', 'delete'] as const);

/** An object in small letters: a statement may write its name in others. */
interface Definition extends SchemaObject {
  /** What a trigger says before what it does: when, at which write, and on which table. */
  readonly head: string;
  readonly body: string;
  readonly ownName: string;
}

/** What in another database may lead on, in small letters. */
export interface Elsewhere {
  readonly schema: string;
  readonly name: string;
}

/** What a statement writes without naming it. */
export interface Reach {
  /** Tables and views of this database, and how they are written. */
  readonly tables: readonly (readonly [name: string, writes: ReadonlySet<Write>])[];
  /** What it runs, in small letters; what is in other databases is named in there. */
  readonly text: string;
}

/**
 * Tells the tables and views whose rows a statement may change though its text does not name them: by a foreign key, a trigger, a
 * view or a function, and by what these lead to in turn. A name in a definition counts wherever it stands.
 */
export class IndirectWrites {
  readonly #objects: readonly Definition[];
  readonly #elsewhere: readonly Elsewhere[];
  readonly #defaultSchema: string;

  /** @param objects - all that was there at any time; the same one may be among them more than once */
  constructor(objects: readonly SchemaObject[], elsewhere: readonly Elsewhere[], defaultSchema: string) {
    this.#elsewhere = elsewhere;
    this.#defaultSchema = defaultSchema;
    this.#objects = objects.map(({ kind, name, definition }) => {
      const text = definition.toLowerCase();
      const at = kind === 'trigger' ? text.search(/\bfor\s+each\s+row\b/) : -1;
      return {
        kind,
        name: name.toLowerCase(),
        ownName: name,
        definition: text,
        head: at < 0 ? text : text.slice(0, at),
        body: at < 0 ? text : text.slice(at),
      };
    });
  }

  /** Null where it may be anything. */
  of({ step, schema, effects = [] }: ResolvedStep): Reach | null {
    const { nature, words } = step;
    // Rows that do not fit are left out, or the engine keeps none.
    if (words[0] === 'ALTER' && (words.includes('IGNORE') || step.shows('maySetEngine'))) return null;
    const found: Found = { writes: new Map(), bodies: new Set() };
    if (step.called !== undefined) this.#run(step.called.toLowerCase(), found);
    else if (nature !== 'dml' && nature !== 'session' && !makesFilledTable(step)) return { tables: [], text: '' };
    const written = new Map<string, ReadonlySet<Write>>();
    for (const effect of effects) {
      if (effect.action !== 'data' || effect.object.schema !== this.#defaultSchema) continue;
      const name = effect.object.name.toLowerCase();
      const writes = effect.write === 'replace' ? EVERY : new Set([effect.write]);
      written.set(name, writes);
      this.#follow(name, writes, found, effect.columns);
    }
    const text = step.text.toLowerCase();
    this.#followCalls(text, found);
    const run = [text, ...found.bodies].join('\n');
    const mayBeIn = `${schema.toLowerCase()}\n${run}`;
    const leadsOn = ({ schema: database, name }: Elsewhere): boolean =>
      hasWholeName(run, name) && hasWholeName(mayBeIn, database);
    if (this.#elsewhere.some(leadsOn)) return null;
    this.#addViews(new Map([...written, ...found.writes]), found);
    const tables = this.#objects.flatMap(({ kind, name, ownName }) => {
      const writes = kind === 'table' || kind === 'view' ? found.writes.get(name) : undefined;
      return writes === undefined ? [] : [[ownName, writes] as const];
    });
    return { tables, text: [...found.bodies].join('\n') };
  }

  /**
   * A statement's text, and those of all that it leads to: what it reads stands somewhere in there. In small letters; null where it
   * may read anything.
   */
  readBy(step: ResolvedStep): string | null {
    const reach = this.of(step);
    if (reach === null) return null;
    const text = `${step.step.text.toLowerCase()}\n${reach.text}`;
    return [...this.#followCalls(text, { writes: new Map(), bodies: new Set() })].join('\n');
  }

  /** Functions are called by name, and by views that are only read. Gives the text, and the definitions of these views. */
  #followCalls(text: string, found: Found): ReadonlySet<string> {
    const read = new Set([text]);
    for (const each of read) {
      for (const { kind, name, definition } of this.#objects) {
        if ((kind !== 'view' && kind !== 'function') || !hasWholeName(each, name)) continue;
        if (kind === 'view') read.add(definition);
        else this.#run(name, found);
      }
    }
    return read;
  }

  /** Rows of a table are those of the views on it. */
  #addViews(names: Map<string, ReadonlySet<Write>>, found: Found): void {
    for (const [name, writes] of names) {
      for (const { kind, name: view, definition } of this.#objects) {
        if (kind !== 'view' || names.has(view) || !hasWholeName(definition, name)) continue;
        names.set(view, writes);
        found.writes.set(view, writes);
      }
    }
  }

  /** Follows a routine. */
  #run(name: string, found: Found): void {
    for (const { kind, name: own, body } of this.#objects) {
      if ((kind === 'function' || kind === 'procedure') && own === name) this.#followBody(name, body, found);
    }
  }

  #followBody(name: string, body: string, found: Found): void {
    if (found.bodies.has(body)) return;
    found.bodies.add(body);
    const writes = writesIn(body);
    for (const { kind, name: other } of this.#objects) {
      if (other === name || !hasWholeName(body, other)) continue;
      if (kind === 'table' || kind === 'view') this.#reach(other, writes, found);
      else this.#run(other, found);
    }
  }

  #reach(name: string, writes: Iterable<Write>, found: Found): void {
    const known = found.writes.get(name) ?? new Set();
    const further = [...writes].filter((write) => !known.has(write));
    if (further.length === 0) return;
    found.writes.set(name, new Set([...known, ...further]));
    this.#follow(name, new Set(further), found);
  }

  /** Finds what writes to a table or view lead to. */
  #follow(name: string, writes: ReadonlySet<Write>, found: Found, columns?: readonly string[]): void {
    for (const { kind, name: own, definition, head, body } of this.#objects) {
      if (kind === 'view' && own === name) {
        const below = this.#objects.filter((each) => each.name !== name && hasWholeName(body, each.name));
        for (const each of below)
          if (each.kind === 'table' || each.kind === 'view') this.#reach(each.name, writes, found);
      }
      if (kind === 'trigger' && hasWholeName(head, name) && [...writes].some((write) => hasWholeName(head, write))) {
        this.#followBody(own, body, found);
        // It may set the row itself.
        if (hasWholeName(head, 'before')) this.#reach(name, ['update'], found);
      }
      if (kind === 'table') this.#reach(own, cascadesOf(definition, name, writes, columns), found);
    }
  }
}

/** By names, all in small letters. */
interface Found {
  readonly writes: Map<string, ReadonlySet<Write>>;
  /** What was run. */
  readonly bodies: Set<string>;
}

/** CREATE TABLE … AS SELECT. */
export function makesFilledTable(step: Step): boolean {
  return step.words[0] === 'CREATE' && step.words.includes('TABLE') && step.shows('hasQuery');
}

function writesIn(body: string): ReadonlySet<Write> {
  return hasWholeName(body, 'replace') || hasWholeName(body, 'load')
    ? EVERY
    : new Set([...EVERY].filter((write) => hasWholeName(body, write)));
}

/** How a foreign key in a table's definition has its rows follow writes to another. */
function cascadesOf(
  definition: string,
  to: string,
  writes: ReadonlySet<Write>,
  columns?: readonly string[],
): readonly Write[] {
  return [...definition.matchAll(REFERENCES)].flatMap(([, name, keys = '', rules = '']): readonly Write[] => {
    if (name !== to) return [];
    const setsKey = columns?.some((column) => keys.includes(`\`${column.toLowerCase()}\``)) ?? true;
    return [
      ...(writes.has('delete') && rules.includes('on delete cascade') ? (['delete'] as const) : []),
      ...(writes.has('delete') && rules.includes('on delete set') ? (['update'] as const) : []),
      ...(writes.has('update') && setsKey && /on update (cascade|set)/.test(rules) ? (['update'] as const) : []),
    ];
  });
}

const REFERENCES = /\breferences (?:`[^`]+`\.)?`([^`]+)` \(([^)]*)\)([^,\n]*)/g;
