/** Writes to Sluice's own output channel, whose level the person sets in VS Code. */
import type * as vscode from 'vscode';
import type { Log, LogFacts } from '../base/log.ts';

export function channelLog(channel: vscode.LogOutputChannel): Log {
  const line = (message: string, facts: LogFacts = {}) => {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    return [message, ...known.map(([name, value]) => `${name}=${value}`)].join(' ');
  };
  return {
    debug: (message, facts) => channel.debug(line(message, facts)),
    info: (message, facts) => channel.info(line(message, facts)),
    warn: (message, facts) => channel.warn(line(message, facts)),
    error: (message, facts) => channel.error(line(message, facts)),
  };
}
