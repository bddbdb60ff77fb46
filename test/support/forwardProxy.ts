/**
 * An HTTP proxy on loopback that sends every connection to one server, whatever name was asked for, so that a test
 * sees whether a program goes through it: without it the name leads nowhere.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Disposable } from '../../src/base/disposable.ts';

export class ForwardProxy implements Disposable {
  /** `host:port` of each connection or request that came, in order. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
    server.on('request', (incoming, response) => this.#forward(incoming, response));
    server.on('connect', (incoming, socket, head) => this.#tunnel(incoming, socket as Socket, head));
    server.on('connection', (socket) => this.#keep(socket));
  }

  /** `port`: of the server on 127.0.0.1 that all requests are for. */
  static async start(port: number): Promise<ForwardProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ForwardProxy(server, port);
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  }

  dispose(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // A connection that one end cuts is no fault of the proxy.
    socket.on('error', () => socket.destroy());
  }

  #tunnel({ url = '' }: IncomingMessage, socket: Socket, head: Buffer): void {
    this.asked.push(url);
    const upstream = connect(this.#port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    this.#keep(upstream);
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', 'http://nowhere');
    this.asked.push(url.host);
    const { method, headers } = incoming;
    const onward = { port: this.#port, host: '127.0.0.1', method, headers, path: url.pathname + url.search };
    const upstream = request(onward, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    incoming.pipe(upstream);
  }
}
