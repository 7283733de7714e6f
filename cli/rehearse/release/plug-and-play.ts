import * as fs from 'node:fs';
import * as path from 'node:path';

/** What Yarn's Plug'n'Play (and pnpm's) has in place of `node_modules`: where each package is, relative to itself. */
const MAP = /^\.pnp\.(?:cjs|js|data\.json)$/;
const LOADER = '.pnp.loader.mjs';

/** As the map has it, in a text of JavaScript or in JSON: `"packageLocation": "./packages/infra/"`. */
const LOCATION = /("packageLocation": ")([^"\\]+)(")/g;

/** Stands in a path for nothing: `.yarn/__virtual__/NAME/2/rest` is two folders above `.yarn`. */
const VIRTUAL = /^(.*?)(__virtual__|\$\$virtual)\/([^/]+)\/(\d+)\/(.*)$/;

/**
 * Brings the map of packages, and what loads it, to another folder. Packages that are not there are named where they are for the
 * first one: as archives in a cache, into which nothing that is run writes.
 */
export function bringPlugAndPlay(from: string, to: string): void {
  for (const name of fs.readdirSync(from)) {
    const own = path.join(to, name);
    if (name === LOADER && !fs.existsSync(own)) fs.copyFileSync(path.join(from, name), own);
    if (!MAP.test(name)) continue;
    const text = fs.readFileSync(fs.existsSync(own) ? own : path.join(from, name), 'utf8');
    const moved = text.replace(LOCATION, (_, before: string, location: string, after: string) => {
      return before + movedLocation(location, from, to) + after;
    });
    fs.writeFileSync(own, moved);
  }
}

/** The same package, as the other folder names it. */
function movedLocation(location: string, from: string, to: string): string {
  const [, above, word = '', id = '', depth = '', rest = ''] = VIRTUAL.exec(location) ?? [];
  if (above === undefined) {
    const place = path.resolve(from, location);
    return isThere(path.resolve(to, location)) || !isThere(place) ? location : relative(to, place, location);
  }
  const up = '../'.repeat(Number(depth));
  const place = path.resolve(from, above, up, rest);
  if (isThere(path.resolve(to, above, up, rest)) || !isThere(place)) return location;
  const [, steps = '', below = ''] = /^((?:\.\.\/)*)(.*)$/.exec(relative(path.resolve(to, above), place, rest)) ?? [];
  return `${above}${word}/${id}/${steps.length / '../'.length}/${below.replace(/^\.\//, '')}`;
}

/** A package in an archive is there where the archive is. */
function isThere(place: string): boolean {
  return fs.existsSync(place.replace(/(\.zip)\/.*$/, '$1'));
}

function relative(folder: string, place: string, location: string): string {
  const way = path.relative(folder, place);
  return `${way.startsWith('..') ? '' : './'}${way}${location.endsWith('/') ? '/' : ''}`;
}
