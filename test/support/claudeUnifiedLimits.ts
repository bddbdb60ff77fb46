/** Passes requests on to a platform and adds the headers of a subscription's windows. Units: epoch seconds. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Disposable } from '../../src/base/disposable.ts';

export interface UnifiedLimits extends Disposable {
  readonly url: string;
  /** From now on every request is over the 5-hour limit. */
  exhausted: boolean;
}

const HOUR_S = 3_600;

export async function startUnifiedLimits(upstream: string): Promise<UnifiedLimits> {
  const server = createServer((request, response) => {
    const headers = windowHeaders(limits.exhausted);
    if (!limits.exhausted) return passOn(upstream, headers, request, response);
    request.resume();
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3600', ...headers });
    response.end(JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message: 'Used up.' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  const limits: UnifiedLimits = {
    url: `http://127.0.0.1:${address.port}`,
    exhausted: false,
    dispose: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return limits;
}

function windowHeaders(exhausted: boolean): Record<string, string> {
  const nowS = Math.floor(Date.now() / 1000);
  const status = exhausted ? 'rejected' : 'allowed';
  const prefix = 'anthropic-ratelimit-unified';
  return {
    [`${prefix}-status`]: status,
    [`${prefix}-reset`]: String(nowS + HOUR_S),
    [`${prefix}-representative-claim`]: 'five_hour',
    [`${prefix}-5h-utilization`]: exhausted ? '1' : '0.37',
    [`${prefix}-5h-reset`]: String(nowS + HOUR_S),
    [`${prefix}-5h-status`]: status,
    [`${prefix}-7d-utilization`]: '0.125',
    [`${prefix}-7d-reset`]: String(nowS + 72 * HOUR_S),
    [`${prefix}-7d-status`]: 'allowed',
  };
}

function passOn(
  upstream: string,
  extra: Record<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = 'GET', url = '/', headers } = request;
  const onward = httpRequest(new URL(url, upstream), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...extra });
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
