/**
 * mysql2's file of error numbers and names, told once instead of three times: it is a quarter of the bundle, and read at each
 * cold start. The names stand in the order of their numbers; a number is given where one is left out before it. What begins
 * with `-` does not begin with `ER_`.
 */
function errorNames(file) {
  const errors = require(file);
  const numbers = Object.keys(errors).filter((key) => /^\d+$/.test(key));
  const words = numbers.map((number, at) => {
    const follows = Number(number) === Number(numbers[at - 1]) + 1;
    const word = errors[number].replace(/^(?!ER_)/, '-').replace(/^ER_/, '');
    return follows ? word : `${number}:${word}`;
  });
  return `let number = 0;
for (const word of ${JSON.stringify(words.join(' '))}.split(' ')) {
  const [text, start] = word.split(':').reverse();
  const name = text[0] === '-' ? text.slice(1) : 'ER_' + text;
  number = start === undefined ? number + 1 : Number(start);
  exports[number] = name;
  exports[name] = number;
}
`;
}

module.exports = { errorNames };
