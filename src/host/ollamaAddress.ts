/** Where Ollama listens: its own variable `OLLAMA_HOST`, read as its server reads it (ollama/ollama, envconfig). */

const PORT = '11434';
/** A server that is bound to every address is found at this machine's own. */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '[::]']);

/** The address of its OpenAI-compatible interface; what cannot be read is as if it were not set. */
export function ollamaAddress(setting: string | undefined): string {
  const text = (setting ?? '').trim().replace(/^["']|["']$/g, '');
  const [, scheme, rest = text] = /^(https?):\/\/(.*)$/.exec(text) ?? [];
  const [authority = '', ...path] = rest.replace(/\/+$/, '').split('/');
  const hostAndPort = authority.startsWith(':') || authority === '' ? `127.0.0.1${authority}` : authority;
  const url = URL.parse(`${scheme ?? 'http'}://${hostAndPort}`);
  if (url === null) return `http://127.0.0.1:${PORT}/v1`;
  if (EVERYWHERE.has(url.hostname)) url.hostname = '127.0.0.1';
  if (scheme === undefined && url.port === '' && !hostAndPort.endsWith(':80')) url.port = PORT;
  return [url.origin, ...path, 'v1'].join('/');
}
