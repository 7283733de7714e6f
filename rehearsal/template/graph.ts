import { isJsonList, isJsonObject, type Json, textOf } from './json';
import type { ResourceDefinition } from './template';

/** The resources that a resource needs: those it refers to and those it depends on by order. */
export function dependenciesOf(definition: ResourceDefinition, isResource: (id: string) => boolean): readonly string[] {
  const { DependsOn: dependsOn = [] } = definition;
  const named = typeof dependsOn === 'string' ? [dependsOn] : dependsOn;
  const found = new Set([...named, ...references(definition.Properties ?? {})].filter(isResource));
  return [...found];
}

/** The attributes of a resource that a template's values read. */
export function attributesRead(values: Json, logicalId: string): readonly string[] {
  const found = new Set<string>();
  visit(values, (id, attribute) => {
    if (id === logicalId && attribute !== undefined) found.add(attribute);
  });
  return [...found];
}

/** One thing to do, and what is to be done before it. */
export interface Node {
  readonly id: string;
  readonly after: readonly string[];
}

/** The same nodes for going backwards: what needs another is done before it. */
export function reversed(nodes: readonly Node[]): readonly Node[] {
  return nodes.map(({ id }) => ({ id, after: nodes.filter(({ after }) => after.includes(id)).map((node) => node.id) }));
}

/** Throws where things wait for one another in a circle. */
export function refuseCircles(nodes: readonly Node[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const done = new Set<string>();
  const walk = (node: Node, path: readonly string[]): void => {
    if (done.has(node.id)) return;
    if (path.includes(node.id)) {
      const circle = [...path.slice(path.indexOf(node.id)), node.id];
      throw new Error(`Circular dependency between resources: [${circle.join(', ')}]`);
    }
    for (const id of node.after) {
      const next = byId.get(id);
      if (next !== undefined) walk(next, [...path, node.id]);
    }
    done.add(node.id);
  };
  for (const node of nodes) walk(node, []);
}

/** All names that a value's Ref, Fn::GetAtt and Fn::Sub read; parameters and pseudo parameters are among them. */
export function references(value: Json): readonly string[] {
  const found = new Set<string>();
  visit(value, (id) => found.add(id));
  return [...found];
}

/** The `${…}` of an Fn::Sub text, without those that are literal (`${!…}`). */
export const SUBSTITUTION = /\$\{([^!}][^}]*)\}/g;

function visit(value: Json, onReference: (id: string, attribute?: string) => void): void {
  if (isJsonList(value)) {
    for (const item of value) visit(item, onReference);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Ref' && typeof inner === 'string') {
      onReference(inner);
    } else if (key === 'Fn::GetAtt') {
      const [id, attribute] = splitAttribute(inner);
      onReference(id, attribute);
    } else if (key === 'Fn::Sub') {
      visitSubstitutions(inner, onReference);
    } else {
      visit(inner, onReference);
    }
  }
}

/** The resource and the attribute of an Fn::GetAtt, in either of its two forms. */
export function splitAttribute(value: Json): readonly [id: string, attribute: string] {
  const text = isJsonList(value) ? value.map(textOf).join('.') : textOf(value);
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function visitSubstitutions(value: Json, onReference: (id: string, attribute?: string) => void): void {
  const [text, variables = {}] = isJsonList(value) ? value : [value];
  const own = new Set(isJsonObject(variables) ? Object.keys(variables) : []);
  visit(variables, onReference);
  for (const [, name = ''] of textOf(text).matchAll(SUBSTITUTION)) {
    if (own.has(name)) continue;
    if (name.includes('.')) onReference(...splitAttribute(name));
    else onReference(name);
  }
}
