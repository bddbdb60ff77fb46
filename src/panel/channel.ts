/** The line between a webview and the extension: what comes in is checked by its kind, once. */
import type { FromPanel, ToPanel } from '../flow/messages.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
};

export interface Channel {
  post(message: FromPanel): void;
  /** What `keep` was given before the webview was hidden and built again. */
  kept(): unknown;
  keep(state: unknown): void;
}

/** The field that each kind of message cannot be without. */
const PAYLOADS: ReadonlyMap<unknown, string> = new Map<ToPanel['kind'], string>([
  ['texts', 'texts'],
  ['snapshot', 'snapshot'],
  ['answer', 'state'],
  ['failed', 'message'],
]);

/** Calls `receive` for each message from the extension and says `ready`. May be called once in a page. */
export function openChannel(receive: (message: ToPanel, channel: Channel) => void): Channel {
  const api = acquireVsCodeApi();
  const channel: Channel = {
    post: (message) => api.postMessage(message),
    kept: () => api.getState(),
    keep: (state) => api.setState(state),
  };
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isToPanel(data)) receive(data, channel);
  });
  channel.post({ kind: 'ready' });
  return channel;
}

/** Believes the payload: it was written by our own extension and went through a structured clone. */
function isToPanel(data: unknown): data is ToPanel {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return false;
  const payload = PAYLOADS.get(data.kind);
  return payload !== undefined && payload in data;
}
