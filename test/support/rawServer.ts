/** A server that answers every request with the bytes that a test wrote, and remembers what it was sent. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { Disposable } from '../../src/base/disposable.ts';

export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class RawServer implements Disposable {
  readonly requests: RawRequest[] = [];
  /** What the next requests get. */
  reply: RawReply = {};
  readonly #server: Server;
  #port = 0;

  private constructor(server: Server, silent: boolean) {
    this.#server = server;
    if (silent) return;
    server.on('request', async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      const { method = '', url = '', headers } = request;
      this.requests.push({ method, url, headers, body });
      this.#answer(response);
    });
  }

  /** A `silent` one takes connections and never answers. */
  static async start({ silent = false } = {}): Promise<RawServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RawServer(server, silent);
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    return `http://127.0.0.1:${this.#port}`;
  }

  dispose(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(response: ServerResponse): void {
    const { status = 200, headers = {}, body = '' } = this.reply;
    response.writeHead(status, headers);
    response.end(body);
  }
}
