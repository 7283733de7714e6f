/** Stands in for the cache in which aws4 keeps its signing keys, of which a function needs a few a day. */
module.exports = (): Map<string, unknown> => new Map();
