import { splitAttribute, SUBSTITUTION } from './graph';
import { inventedParameter, inventedValue, withoutDynamicReferences } from './invented';
import { isJsonList, isJsonObject, type Json, textOf } from './json';
import type { TemplateBody } from './template';

/** What a template's values are evaluated against. */
export interface Scope {
  readonly body: TemplateBody;
  /** The values of the pseudo parameters. */
  readonly pseudoParameters: Readonly<Record<string, Json>>;
  /**
   * Whether what the template alone does not say is made up: parameters without a default, what a transform adds, functions
   * that are not known. Without it that is an error.
   */
  readonly invents: boolean;
  /** Values of parameters; those that lack here have their default. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `Ref` of a resource. */
  readonly physicalIdOf: (logicalId: string) => Json;
  /** `Fn::GetAtt` of a resource. */
  readonly attributeOf: (logicalId: string, attribute: string) => Json;
}

/** Evaluates all intrinsic functions in a value. Undefined where the value is `AWS::NoValue`. */
export function evaluate(value: Json, scope: Scope): Json | undefined {
  if (isJsonList(value)) {
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== undefined);
  }
  if (typeof value === 'string') return scope.invents ? withoutDynamicReferences(value) : value;
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    return evaluateIntrinsic(first[0], first[1], scope);
  }
  const evaluated: Record<string, Json> = {};
  for (const [key, inner] of entries) {
    const result = evaluate(inner, scope);
    if (result !== undefined) evaluated[key] = result;
  }
  return evaluated;
}

/** Whether one of the template's conditions holds. */
export function holds(condition: string, scope: Scope): boolean {
  const expression = scope.body.Conditions?.[condition];
  if (expression === undefined) {
    if (scope.invents) return false;
    throw new Error(`the template has no condition "${condition}"`);
  }
  return isTrue(expression, scope);
}

function evaluateIntrinsic(name: string, argument: Json, scope: Scope): Json | undefined {
  switch (name) {
    case 'Ref':
      return evaluateRef(textOf(argument), scope);
    case 'Fn::GetAtt':
      return scope.attributeOf(...splitAttribute(argument));
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::If': {
      const [condition, then = null, otherwise = null] = isJsonList(argument) ? argument : [];
      return evaluate(holds(textOf(condition), scope) ? then : otherwise, scope);
    }
    case 'Fn::Equals':
    case 'Fn::And':
    case 'Fn::Or':
    case 'Fn::Not':
      return isTrue({ [name]: argument }, scope);
    default: {
      const evaluated = evaluate(argument, scope) ?? null;
      if (!scope.invents) return evaluatePure(name, evaluated, scope);
      try {
        return evaluatePure(name, evaluated, scope);
      } catch {
        return inventedValue(name, evaluated);
      }
    }
  }
}

/** The functions that only look at their arguments. */
function evaluatePure(name: string, argument: Json, scope: Scope): Json {
  const [first = null, second = null] = isJsonList(argument) ? argument : [argument];
  switch (name) {
    case 'Fn::Join':
      // Made-up attributes are texts where real ones may be lists.
      return (isJsonList(second) ? second : [second]).map(textOf).join(textOf(first));
    case 'Fn::Select':
      if (!isJsonList(second)) return `${textOf(second)}[${textOf(first)}]`;
      return select(second, Number(first));
    case 'Fn::Split':
      return textOf(second).split(textOf(first));
    case 'Fn::FindInMap':
      return findInMap(isJsonList(argument) ? argument : [], scope);
    case 'Fn::GetAZs': {
      const region = textOf(first) || textOf(scope.pseudoParameters['AWS::Region']);
      return ['a', 'b', 'c'].map((zone) => region + zone);
    }
    case 'Fn::Base64':
      return Buffer.from(textOf(argument)).toString('base64');
    case 'Fn::ImportValue':
      return `import-of-${textOf(argument)}`;
    case 'Fn::ToJsonString':
      return JSON.stringify(argument);
    case 'Fn::Length':
      return isJsonList(argument) ? argument.length : textOf(argument).split(',').length;
    case 'Fn::Cidr':
      return Array.from({ length: Number(second) }, (_, i) => `10.0.${i}.0/24`);
    default:
      throw new Error(`the rehearsal cannot evaluate ${name}`);
  }
}

function evaluateRef(name: string, scope: Scope): Json | undefined {
  if (name === 'AWS::NoValue') return undefined;
  const pseudo = scope.pseudoParameters[name];
  if (pseudo !== undefined) return pseudo;
  if (scope.body.Resources[name] !== undefined) return scope.physicalIdOf(name);
  const parameter = scope.body.Parameters?.[name];
  if (parameter === undefined) {
    if (scope.invents) return name;
    throw new Error(`the template refers to "${name}", which it does not have`);
  }
  const given = scope.parameters[name] ?? parameter.Default;
  const type = textOf(parameter.Type);
  // The default of such a parameter is the name of an SSM parameter, not its value; the bootstrap version is a number.
  if (type.startsWith('AWS::SSM::Parameter::Value') && scope.parameters[name] === undefined) {
    return scope.invents && name !== 'BootstrapVersion' ? inventedParameter(name, parameter) : '21';
  }
  if (given === undefined) {
    if (scope.invents) return inventedParameter(name, parameter);
    throw new Error(`parameter "${name}" has neither a value nor a default`);
  }
  return type.startsWith('List<') || type === 'CommaDelimitedList' ? textOf(given).split(',') : given;
}

function substitute(argument: Json, scope: Scope): Json {
  const [text = '', variables = {}] = isJsonList(argument) ? argument : [argument];
  const evaluated = evaluate(variables, scope);
  const own = isJsonObject(evaluated) ? evaluated : {};
  return textOf(text)
    .replace(SUBSTITUTION, (_, name: string) => {
      const value =
        own[name] ?? (name.includes('.') ? scope.attributeOf(...splitAttribute(name)) : evaluateRef(name, scope));
      return textOf(value);
    })
    .replace(/\$\{!/g, '${');
}

function isTrue(expression: Json, scope: Scope): boolean {
  if (!isJsonObject(expression)) return expression === true;
  const [entry] = Object.entries(expression);
  if (entry === undefined) return false;
  const [name, argument] = entry;
  const list = isJsonList(argument) ? argument : [];
  switch (name) {
    case 'Condition':
      return holds(textOf(argument), scope);
    case 'Fn::Not':
      return !isTrue(list[0] ?? false, scope);
    case 'Fn::And':
      return list.every((item) => isTrue(item, scope));
    case 'Fn::Or':
      return list.some((item) => isTrue(item, scope));
    case 'Fn::Equals': {
      const [left, right] = list.map((item) => JSON.stringify(evaluate(item, scope)));
      return left === right;
    }
    default:
      if (scope.invents) return false;
      throw new Error(`the rehearsal cannot evaluate ${name} in a condition`);
  }
}

function findInMap([map, top, key, otherwise]: readonly Json[], scope: Scope): Json {
  const entries = scope.body.Mappings?.[textOf(map)]?.[textOf(top)];
  // With the transform AWS::LanguageExtensions there may be a value for what the mapping lacks.
  const fallback = isJsonObject(otherwise) ? otherwise.DefaultValue : undefined;
  const found = (isJsonObject(entries) ? entries[textOf(key)] : undefined) ?? fallback;
  if (found === undefined) {
    throw new Error(`the template's mapping "${textOf(map)}" has no ${textOf(top)}.${textOf(key)}`);
  }
  return found;
}

function select(list: readonly Json[], index: number): Json {
  const found = list[index];
  if (found === undefined) throw new Error(`Fn::Select cannot select nonexistent value at index ${index}`);
  return found;
}
