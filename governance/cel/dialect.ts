/** The methods that have another meaning on the API server than in the environment; ours are called `k8s…`. */
const REPLACED = 'matches|lowerAscii|upperAscii|trim|substring|indexOf|lastIndexOf|split';

const LITERALS = [
  String.raw`[rR](?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"]*"|'[^']*')`,
  String.raw`"""(?:\\[\s\S]|[^\\])*?"""`,
  String.raw`'''(?:\\[\s\S]|[^\\])*?'''`,
  String.raw`"(?:\\.|[^"\\])*"`,
  String.raw`'(?:\\.|[^'\\])*'`,
  String.raw`\/\/[^\n]*`,
].join('|');

const TOKEN = new RegExp(`(?:${LITERALS})|\\.\\s*(?<method>${REPLACED})(?=\\s*\\()`, 'gu');

/**
 * An expression for Kubernetes, in the words of our environment: calls of methods that differ are renamed, literals and
 * comments stay.
 */
export function inOurWords(expression: string): string {
  return expression.replace(TOKEN, (token: string, method: string | undefined) =>
    method === undefined ? token : `.k8s${method.charAt(0).toUpperCase()}${method.slice(1)}`,
  );
}
