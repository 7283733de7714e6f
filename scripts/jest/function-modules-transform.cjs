/**
 * Jest transform that gives cfn-response the modules that it gets in the bundle. Only there do the others matter: they
 * change size and load time, not behaviour. Of umzug it leaves out the command line, which takes longer to load than the rest:
 * with that a test makes histories.
 */
const { createHash } = require('node:crypto');
const { aliasOf } = require('../function-aliases.cjs');

const UMZUG = /\/umzug\/lib\//;

function transform(source, file) {
  return source.replace(/require\("([^"]+)"\)/g, (call, request) => {
    const to = UMZUG.test(file) && request !== './cli' ? undefined : aliasOf(request, file);
    return to ? `require(${JSON.stringify(to)})` : call;
  });
}

module.exports = {
  process: (source, file) => ({ code: transform(source, file) }),
  // The result depends on nothing else, and on where the repository is.
  getCacheKey: (source, file) => createHash('sha256').update(transform(source, file)).digest('hex'),
};
