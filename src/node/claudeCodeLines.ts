/** Cuts a program's output into lines; one that never ends is dropped, not kept. Units: characters. */
import { StringDecoder } from 'node:string_decoder';

/** The longest that 2.1.329 writes is its list of commands, 60,000; a whole answer is repeated in one line. */
const MAX_LINE_CHARS = 16_000_000;

export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #parts: string[] = [];
  #chars = 0;
  #dropping = false;

  /** A line that is too long comes as an empty one. */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#keep(text.slice(from, at));
      this.#flush();
      from = at + 1;
    }
    this.#keep(text.slice(from));
  }

  #keep(text: string): void {
    if (this.#dropping || text === '') return;
    this.#chars += text.length;
    this.#dropping = this.#chars > MAX_LINE_CHARS;
    if (this.#dropping) this.#parts = [];
    else this.#parts.push(text);
  }

  #flush(): void {
    const line = this.#parts.join('');
    this.#parts = [];
    this.#chars = 0;
    this.#dropping = false;
    this.#onLine(line);
  }
}
