/** What of a template says in which order its resources are made. */
export interface TemplateJson {
  readonly Resources: Readonly<Record<string, ResourceJson>>;
}

export interface ResourceJson {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

/** Who waits for whom in a template: `DependsOn`, `Ref`, `Fn::GetAtt`, `Fn::Sub`. */
export class TemplateGraph {
  private readonly edges: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(private readonly template: TemplateJson) {
    this.edges = new Map(
      Object.entries(template.Resources).map(([id, resource]) => [
        id,
        new Set(
          [...[resource.DependsOn ?? []].flat(), ...referencesIn(resource.Properties)].filter(
            (target) => target in template.Resources,
          ),
        ),
      ]),
    );
  }

  /** Logical ids of a type. */
  ofType(type: string): string[] {
    return Object.entries(this.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id]) => id);
  }

  /** All that is made before a resource, and deleted after it. */
  before(id: string): ReadonlySet<string> {
    return this.reachable(id, (each) => this.edges.get(each) ?? new Set());
  }

  /** All that is made after a resource, and deleted before it. */
  after(id: string): ReadonlySet<string> {
    return this.reachable(id, (each) =>
      [...this.edges].filter(([, targets]) => targets.has(each)).map(([source]) => source),
    );
  }

  /** Resources that wait for themselves: CloudFormation refuses such a template. */
  circular(): string[] {
    return [...this.edges.keys()].filter((id) => this.before(id).has(id));
  }

  private reachable(start: string, next: (id: string) => Iterable<string>): ReadonlySet<string> {
    const seen = new Set<string>();
    const open = [...next(start)];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (!seen.has(id)) {
        seen.add(id);
        open.push(...next(id));
      }
    }
    return seen;
  }
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(inner) ? inner[0] : String(inner).split('.')[0])];
    if (key === 'Fn::Sub')
      return [...String(Array.isArray(inner) ? inner[0] : inner).matchAll(/\$\{(\w+)/g)].map((match) => match[1]!);
    return referencesIn(inner);
  });
}
