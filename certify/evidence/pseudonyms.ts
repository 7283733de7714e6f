import { isJsonList, isJsonObject, type Json } from '../../rehearsal/template/json';

/** What is cut out of evidence, the longest first: an ARN has an account's id in it. */
const KINDS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  // A signed URL is as good as a password.
  { name: 'url', pattern: /\b(?:https?|mysql|jdbc:mysql):\/\/[^\s"'<>\\]+/g },
  { name: 'arn', pattern: /\barn(?::|%3A)aws[\w-]*(?::|%3A)[^\s"'<>\\,;()[\]{}|]+/gi },
  { name: 'signature', pattern: /X-Amz-(?:Signature|Credential|Security-Token)=[^\s&"'<>\\]+/gi },
  { name: 'key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    name: 'secret',
    pattern: /(?<=(?:password|secretaccesskey|sessiontoken)["']?\s*[:=]\s*["']?)(?!\[secret )[^\s"',}]+/gi,
  },
  {
    name: 'host',
    pattern:
      /\b[a-z0-9][a-z0-9.-]*\.(?:rds|vpce|elb|compute|on\.aws|lambda-url\.[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|internal|on\.aws)\b/gi,
  },
  { name: 'mail', pattern: /\b[\w.+-]+@[\w-]+\.[\w.-]+\b/g },
  { name: 'address', pattern: /\b(?:\d{1,3}\.){3}\d{1,3}\b/g },
  { name: 'id', pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi },
  { name: 'stream', pattern: /\[\$LATEST\][0-9a-f]{32}/g },
  { name: 'cluster', pattern: /\b(?:cluster|db)-[A-Z0-9]{20,}\b/g },
  { name: 'network', pattern: /\b(?:vpc|vpce|subnet|sg|eni|rtb|acl|igw|nat)-[0-9a-f]{8,17}\b/g },
  { name: 'account', pattern: /(?<![0-9a-f])(?<!\d)\d{12}(?![0-9a-f])(?!\d)/g },
  { name: 'home', pattern: /(?:\/home|\/Users)\/[^\s/"'<>\\]+/g },
];

/** Gives names to what nobody else is to see: the same one each time, so that the evidence can still be followed. */
export class Pseudonyms {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #known: readonly [name: string, value: string][];

  /** @param known - values that are cut out wherever they stand, by what they are: an account's id, a host, a user's name */
  constructor(known: readonly (readonly [name: string, value: string])[] = []) {
    this.#known = known.filter(([, value]) => value !== '').map(([name, value]) => [name, value]);
  }

  /** A copy with everything cut out, keys included. */
  of(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (isJsonList(value)) return value.map((each) => this.of(each));
    if (isJsonObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [this.text(key), this.of(each)]));
    }
    return value;
  }

  /** The text with everything cut out. */
  text(text: string): string {
    const patterned = KINDS.reduce(
      (rest, { name, pattern }) => rest.replace(pattern, (found) => this.#nameOf(name, found)),
      text,
    );
    return this.#known.reduce(
      (rest, [name, value]) => rest.replaceAll(value, () => this.#nameOf(name, value)),
      patterned,
    );
  }

  #nameOf(kind: string, value: string): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `[${kind} ${count}]`;
    this.#names.set(value, name);
    return name;
  }
}
