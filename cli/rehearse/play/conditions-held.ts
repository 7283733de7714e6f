import type { Json } from '../../../rehearsal/template/json';
import type { Template } from '../../../rehearsal/template/template';
import { PLAYED_TYPES } from './played-types';

/** Conditions that the migrations of a template are under. */
export function conditionsOfMigrations({ body }: Template): readonly string[] {
  const found = Object.values(body.Resources)
    .filter(({ Type }) => PLAYED_TYPES.has(Type))
    .flatMap(({ Condition }) => Condition ?? []);
  return [...new Set(found)];
}

/** A template in which the conditions hold that its migrations are under: where they do not, there is nothing to play. */
export function withConditionsHeld(template: Template): Template {
  const names = conditionsOfMigrations(template);
  if (names.length === 0) return template;
  const held: Readonly<Record<string, Json>> = Object.fromEntries(names.map((name) => [name, HOLDS]));
  const Conditions = { ...template.body.Conditions, ...held };
  return { ...template, body: { ...template.body, Conditions } };
}

const HOLDS = { 'Fn::Equals': ['', ''] };
