/** Reads a commit message out of an answer: what its first fenced block holds, else the whole of it. */

const FENCE = /^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^\1[`~]*[ \t]*$/m;

/** Empty when there is none. */
export function readCommitMessage(answer: string): string {
  const text = answer.replace(/\r\n?/g, '\n');
  const block = FENCE.exec(text)?.[2];
  const message = block ?? text.replace(/^[ \t]*>.*$/gm, '');
  return message.replace(/[ \t]+$/gm, '').trim();
}
