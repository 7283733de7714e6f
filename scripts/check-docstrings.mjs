/**
 * Checks that every public member is documented: what it is, and what holds where an optional one is left out. Reads the
 * assembly that jsii made of the sources, from which API.md and Python's docstrings come too.
 */
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const file = path.join(import.meta.dirname, '../.jsii.gz');
const { types } = JSON.parse(gunzipSync(fs.readFileSync(file)));

const missing = Object.values(types).flatMap((type) => [
  ...lacks(type.name, type),
  ...(type.members ?? []).flatMap((member) => lacks(`${type.name}.${member.name}`, member)),
  ...(type.properties ?? []).flatMap((property) => lacks(`${type.name}.${property.name}`, property, type.datatype)),
  ...[type.initializer, ...(type.methods ?? [])]
    .filter(Boolean)
    .flatMap((method) => [
      ...(method.name ? lacks(`${type.name}.${method.name}`, method) : []),
      ...(method.parameters ?? []).flatMap((parameter) =>
        lacks(`${type.name}.${method.name ?? 'constructor'}(${parameter.name})`, parameter),
      ),
    ]),
]);
for (const sentence of missing) console.error(sentence);
process.exitCode = missing.length > 0 ? 1 : 0;

/** A struct's optional property has a `@default`; the reader of any other sees its value. */
function lacks(name, { docs, optional }, hasDefault = false) {
  return [
    ...(docs?.summary ? [] : [`${name} has no docstring`]),
    ...(hasDefault && optional && !docs?.default ? [`${name} is optional and has no @default`] : []),
  ];
}
