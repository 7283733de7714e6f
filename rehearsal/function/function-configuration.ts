import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionConfiguration } from './function-types';
import { type JsonObject, textOf } from '../template/json';

export interface ConfigurationSource {
  readonly name: string;
  readonly arn: string;
  readonly properties: JsonObject;
  /** Where the code asset lies, if it is one. */
  readonly codePath?: string;
  /** Folder for code that stands in the template itself. */
  readonly scratchFolder: string;
  /** Replaces the template's `Timeout`. */
  readonly timeoutMs?: number;
}

/** Reads a Lambda function's properties; undefined for one that the rehearsal cannot run (another runtime, an image). */
export async function functionConfigurationOf(source: ConfigurationSource): Promise<FunctionConfiguration | undefined> {
  const { name, arn, properties } = source;
  if (typeof properties.Runtime !== 'string' || !properties.Runtime.startsWith('nodejs')) return undefined;
  const codeFolder = await codeFolderOf(source);
  if (codeFolder === undefined) return undefined;
  const { Variables: variables = {} } = (properties.Environment ?? {}) as { readonly Variables?: JsonObject };
  return {
    name,
    arn,
    codeFolder,
    handler: textOf(properties.Handler ?? 'index.handler'),
    variables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, textOf(value)])),
    timeoutMs: source.timeoutMs ?? Number(properties.Timeout ?? 3) * 1000,
    memoryMb: Number(properties.MemorySize ?? 128),
  };
}

async function codeFolderOf({ properties, codePath, scratchFolder }: ConfigurationSource): Promise<string | undefined> {
  const inline = ((properties.Code ?? {}) as JsonObject).ZipFile;
  if (typeof inline !== 'string') return codePath;
  const folder = path.join(scratchFolder, createHash('sha256').update(inline).digest('hex').slice(0, 16));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'index.js'), inline);
  return folder;
}
