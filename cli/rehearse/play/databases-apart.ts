import { isDeepStrictEqual } from 'node:util';
import { ENVIRONMENT } from '../../../lambda/contract';
import { type Json, type JsonObject, textOf } from '../../../rehearsal/template/json';
import { references } from '../../../rehearsal/template/graph';
import type { ResourceDefinition, Template } from '../../../rehearsal/template/template';

/** A construct, and what its template says of its database, as it stands there. */
export interface DatabaseUse {
  readonly logicalId: string;
  readonly functionId: string;
  /** Tells one database from another: the id of its cluster or instance, and the name. */
  readonly identity: Json;
  readonly databaseName: Json;
}

/** Whether constructs of two releases work on one database: they say so, or are one and the same. */
export function isSameDatabase(a: DatabaseUse, b: DatabaseUse): boolean {
  if (!isDeepStrictEqual(a.databaseName, b.databaseName)) return false;
  return isDeepStrictEqual(a.identity, b.identity) || a.logicalId === b.logicalId;
}

/** A database that is called otherwise in a rehearsal. */
export interface RenamedDatabase {
  readonly logicalId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Names for the databases of a name that another cluster's has too: all clusters are one server here. By logical id of the
 * function, those of both releases.
 */
export function namesApart(
  base: readonly DatabaseUse[],
  next: readonly DatabaseUse[],
): ReadonlyMap<string, { readonly name: Json; readonly renamed: RenamedDatabase }> {
  const groups: DatabaseUse[][] = [];
  for (const use of [...base, ...next]) {
    const group = groups.find((members) => members.some((member) => isSameDatabase(member, use)));
    if (group === undefined) groups.push([use]);
    else group.push(use);
  }
  const taken = new Set(groups.map(([first]) => textOf(first?.databaseName)));
  const seen = new Set<string>();
  const names = new Map<string, { readonly name: Json; readonly renamed: RenamedDatabase }>();
  for (const group of groups) {
    const { databaseName = '', logicalId = '' } = group.at(-1) ?? {};
    const from = textOf(databaseName);
    if (!seen.has(from)) {
      seen.add(from);
      continue;
    }
    let number = 2;
    while (taken.has(`${from}_${number}`)) number += 1;
    const to = `${from}_${number}`;
    taken.add(to);
    const name = typeof databaseName === 'string' ? to : { 'Fn::Join': ['', [databaseName, `_${number}`]] };
    for (const { functionId } of group) names.set(functionId, { name, renamed: { logicalId, from, to } });
  }
  return names;
}

/** A template whose functions work on databases of these names. */
export function withNames(template: Template, names: ReadonlyMap<string, { readonly name: Json }>): Template {
  const entries = Object.entries(template.body.Resources).map(([id, definition]): [string, ResourceDefinition] => {
    const given = names.get(id);
    return [id, given === undefined ? definition : withName(definition, given.name)];
  });
  return names.size === 0
    ? template
    : { ...template, body: { ...template.body, Resources: Object.fromEntries(entries) } };
}

function withName(definition: ResourceDefinition, name: Json): ResourceDefinition {
  const { Properties = {} } = definition;
  const environment = Properties.Environment as JsonObject;
  const variables = environment.Variables as JsonObject;
  const Environment = { ...environment, Variables: { ...variables, [ENVIRONMENT.database]: name } };
  return { ...definition, Properties: { ...Properties, Environment } };
}

/** Constructs whose cluster or instance is another one than before, so that their database would be a new and empty one. */
export function onAnotherServer(base: readonly DatabaseUse[], next: readonly DatabaseUse[]): readonly string[] {
  return next
    .filter((use) => {
      const before = base.find(({ logicalId }) => logicalId === use.logicalId);
      const [was, is] = [before?.identity ?? null, use.identity].map(references);
      return (
        was !== undefined && is !== undefined && was.length > 0 && !is.some((id) => was.includes(id)) && is.length > 0
      );
    })
    .map(({ logicalId }) => logicalId);
}
