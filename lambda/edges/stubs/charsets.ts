/**
 * Stands in for the numbers of all character sets in mysql2: by these names alone it is asked for one. Another name, which the
 * function never gives, is refused as an unknown one.
 */
module.exports = { UTF8MB4: 45, UTF8MB4_UNICODE_CI: 224, BINARY: 63 };
