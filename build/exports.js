/**
 * Exports as plain properties. esbuild makes a getter of each, five hundred of them in a run of send,
 * since what is exported may change. Most of it does not: that can be told by the text in front of
 * it, in which esbuild writes declarations at the start of a line.
 */

const GETTERS = '__export(stdin_exports,{';

/**
 * @param code a chunk as CommonJS, as esbuild writes it
 * @param esm the same chunk as an ES module
 */
export function withPlainExports(code, esm) {
  const begin = code.indexOf(GETTERS);
  const end = code.indexOf('});', begin);
  if (begin < 0) return code;
  const all = code
    .slice(begin + GETTERS.length, end)
    .split(/,(?=[\w$]+:\(\)=>)/)
    .map((getter) => /^([\w$]+):\(\)=>([\s\S]*)$/.exec(getter));
  // Better no build than one that is not understood.
  if (all.includes(null))
    throw new Error(`exports are written otherwise: ${code.slice(begin, end)}`);
  const kinds = all.map(([getter, name, local]) => ({
    getter,
    name,
    local,
    kind: kindOf(local, esm),
  }));
  const of = (wanted) => kinds.filter(({ kind }) => kind === wanted);
  const plain = (some) => some.map(({ name, local }) => `exports.${name}=${local};`).join('');
  const getters = of('changing').map(({ getter }) => getter);
  const rest = code
    .slice(end + '});'.length)
    .replace('module.exports=__toCommonJS(stdin_exports);', '');
  return [
    code.slice(0, begin).replace('var stdin_exports={};', ''),
    // Whoever goes round in a circle finds functions before they are come to, as in an ES module.
    `exports.__esModule=!0;${plain(of('function'))}`,
    getters.length === 0 ? '' : `__export(exports,{${getters.join()}});`,
    rest.trimEnd(),
    rest.trimEnd().endsWith(';') ? '' : ';',
    plain(of('constant')),
    '\n',
  ].join('');
}

/** What is not certain counts as changing. */
function kindOf(local, esm) {
  if (!/^[\w$]+$/.test(local)) return 'changing';
  const name = local.replaceAll('$', '\\$');
  const found = (pattern) => [...esm.matchAll(new RegExp(pattern, 'gm'))].length;
  const functions = found(`^(?:async )?function\\*? ${name}\\(`);
  const variables = found(`^(?:var|let|const) ${name} = `);
  const classes = found(`^class ${name}\\b`);
  const others = found(`^(?:var|let|const) ${name}\\b`) - variables;
  const assigned = found(
    `(?<![\\w$.])${name} *(?:[-+*/%&|^?<>]*=(?![=>])|\\+\\+|--)|(?:\\+\\+|--)${name}\\b`,
  );
  if (functions + variables + classes !== 1 || others > 0) return 'changing';
  if (assigned > variables) return 'changing';
  return functions === 1 ? 'function' : 'constant';
}
