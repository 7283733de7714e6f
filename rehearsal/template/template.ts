import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject, textOf } from './json';

/** A resource as it stands in a template. */
export interface ResourceDefinition {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: JsonObject;
}

/** A template's own content. */
export interface TemplateBody {
  readonly Resources: Readonly<Record<string, ResourceDefinition>>;
  readonly Parameters?: Readonly<Record<string, JsonObject>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Mappings?: Readonly<Record<string, JsonObject>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Condition?: string }>>;
}

/** A template and where the assets that it names lie. */
export interface Template {
  readonly body: TemplateBody;
  /** Folder that relative asset paths start from. */
  readonly folder: string;
  /** Paths of the assets by their S3 object key. */
  readonly assets: ReadonlyMap<string, string>;
}

/** What a stack is deployed from. */
export type TemplateSource = string | TemplateBody | Template;

/**
 * Loads a stack's template.
 * @param source - a cdk.out folder, a template file in one, a template itself, or one that is loaded already
 * @param stackName - which stack of the folder; a folder with one stack needs no name that fits
 */
export async function loadTemplate(source: TemplateSource, stackName: string): Promise<Template> {
  if (typeof source !== 'string') {
    return 'body' in source ? source : { body: source, folder: process.cwd(), assets: new Map() };
  }
  const file = (await stat(source)).isDirectory() ? await findTemplateFile(source, stackName) : source;
  const folder = path.resolve(path.dirname(file));
  const body = (await readJson(file)) as Json;
  if (!isJsonObject(body) || !isJsonObject(body.Resources)) {
    throw new Error(`${file} is no CloudFormation template: it has no Resources`);
  }
  return { body: body as unknown as TemplateBody, folder, assets: await loadAssets(file, folder) };
}

/**
 * The folder or file of a function's code: an asset of the assembly. Undefined for code that is not here (a bucket of
 * somebody else, an image).
 */
export function assetPath(
  template: Template,
  definition: ResourceDefinition,
  s3Key: Json | undefined,
): string | undefined {
  const asset = typeof s3Key === 'string' ? template.assets.get(s3Key) : undefined;
  if (asset !== undefined) return asset;
  // What `cdk synth` leaves for local tools; the one trace that a legacy synthesizer's asset has.
  const metadata = definition.Metadata?.['aws:asset:path'];
  return typeof metadata === 'string' ? path.resolve(template.folder, metadata) : undefined;
}

/**
 * Finds the resource that a caller means: by its logical id, by its construct path below the stack, or by the beginning
 * of the logical id where only one has it (CDK ends logical ids with a hash).
 * @param bodies - templates to look in, one after the other
 */
export function findLogicalId(bodies: readonly (TemplateBody | undefined)[], name: string): string {
  for (const body of bodies) {
    const found = body === undefined ? [] : candidates(body, name);
    const [first] = found;
    if (first === undefined) continue;
    if (found.length === 1) return first;
    throw new Error(`"${name}" may be any of ${found.join(', ')}`);
  }
  const ids = bodies.flatMap((body) => Object.keys(body?.Resources ?? {}));
  throw new Error(`the stack has no resource "${name}"; it has ${ids.length === 0 ? 'none' : ids.join(', ')}`);
}

function candidates(body: TemplateBody, name: string): readonly string[] {
  const ids = Object.keys(body.Resources);
  if (ids.includes(name)) return [name];
  const paths = [name, `${name}/Resource`, `${name}/Resource/Default`, `${name}/Default`];
  const byPath = ids.filter((id) => {
    const [, ...below] = textOf(body.Resources[id]?.Metadata?.['aws:cdk:path']).split('/');
    return paths.includes(below.join('/'));
  });
  if (byPath.length > 0) return byPath;
  // The CDK writes paths into a template only where its CLI runs it; its logical ids are the path and a hash.
  const start = name.replace(/[^A-Za-z0-9]/g, '');
  const byHash = ids.filter((id) => id.startsWith(start) && /^[0-9A-F]{8}$/.test(id.slice(start.length)));
  return byHash.length > 0 ? byHash : ids.filter((id) => id.startsWith(name));
}

async function findTemplateFile(folder: string, stackName: string): Promise<string> {
  const suffix = '.template.json';
  const names = (await readdir(folder))
    .filter((name) => name.endsWith(suffix) && !name.endsWith('.nested.template.json'))
    .map((name) => name.slice(0, -suffix.length));
  const manifest = (await readJson(path.join(folder, 'manifest.json')).catch(() => undefined)) as
    { readonly artifacts?: Readonly<Record<string, { readonly properties?: JsonObject }>> } | undefined;
  const byStackName = Object.entries(manifest?.artifacts ?? {}).find(
    ([, { properties }]) => properties?.stackName === stackName && typeof properties.templateFile === 'string',
  );
  if (byStackName !== undefined) return path.join(folder, textOf(byStackName[1].properties?.templateFile));
  const [only] = names;
  const name = names.includes(stackName) ? stackName : names.length === 1 ? only : undefined;
  if (name === undefined) {
    throw new Error(`${folder} has no stack "${stackName}"; it has ${names.length === 0 ? 'none' : names.join(', ')}`);
  }
  return path.join(folder, name + suffix);
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

async function loadAssets(templateFile: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const assets = new Map<string, string>();
  const file = templateFile.replace(/\.template\.json$/, '.assets.json');
  if (file === templateFile) return assets;
  const manifest = (await readJson(file).catch(() => ({}))) as AssetManifest;
  for (const { source, destinations } of Object.values(manifest.files ?? {})) {
    for (const { objectKey } of Object.values(destinations)) {
      if (source.path !== undefined) assets.set(objectKey, path.resolve(folder, source.path));
    }
  }
  return assets;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}
