/**
 * Stands in for `is-property` in `generate-function`, which mysql2 makes its parsers of rows with. That package spells out
 * all letters of Unicode 6; this asks the language itself what a name is. A name that it does not take is quoted.
 */
module.exports = (text: string): boolean => /^[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*$/u.test(text);
