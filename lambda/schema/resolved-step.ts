import { inSmallLetters, type DbObject, type Effect } from '../sql/db-object';
import type { Step } from '../sql/step';

/** A step's effects, its names completed with the database in force. */
export interface ResolvedStep {
  readonly step: Step;
  /** The database that names without one are in. */
  readonly schema: string;
  /** Undefined where they cannot be told. */
  readonly effects: readonly Effect[] | undefined;
}

/**
 * Resolves steps that run one after the other: USE changes what the later ones mean. With `takesAnyCase` the names are those by
 * which a server with lower_case_table_names knows them.
 */
export function resolveSteps(
  steps: readonly Step[],
  defaultSchema: string,
  takesAnyCase = false,
): readonly ResolvedStep[] {
  let schema = defaultSchema;
  return steps.map((step) => {
    schema = step.uses ?? schema;
    const inForce = (named: DbObject): DbObject => {
      const object =
        named.kind === 'database'
          ? { ...named, name: named.name === '' ? schema : named.name }
          : { ...named, schema: named.schema ?? schema };
      return takesAnyCase ? inSmallLetters(object) : object;
    };
    const effects = step.effects?.map((effect) =>
      effect.action === 'rename'
        ? { ...effect, object: inForce(effect.object), to: inForce(effect.to) }
        : { ...effect, object: inForce(effect.object) },
    );
    return { step, schema, effects };
  });
}
