// Replaces the package string-width, with which yargs measures help texts. That package knows emoji and wide scripts,
// for 50 ms of regular expressions at each --help; our texts contain neither.
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** @param {string} text */
export default (text) => text.replace(COLOURS, '').length;
