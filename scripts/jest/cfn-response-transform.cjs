/**
 * Jest transform that gives cfn-response the modules that it gets in the bundle. Only there do the others matter: they
 * change size and load time, not behaviour.
 */
const { createHash } = require('node:crypto');
const { aliasOf } = require('../function-aliases.cjs');

function transform(source, file) {
  return source.replace(/require\("([^"]+)"\)/g, (call, request) => {
    const to = aliasOf(request, file);
    return to ? `require(${JSON.stringify(to)})` : call;
  });
}

module.exports = {
  process: (source, file) => ({ code: transform(source, file) }),
  // The result depends on nothing else, and on where the repository is.
  getCacheKey: (source, file) => createHash('sha256').update(transform(source, file)).digest('hex'),
};
