/**
 * How `claude` is started: it answers one request after the other, reads nothing but them, runs nothing, keeps
 * nothing. Flags and variables were each tried with 2.1.329 against the simulated platform (21 Nov 2026).
 */

/** Fixed for the life of a process; what a single request asks for stands in the request. */
const SYSTEM_PROMPT =
  'You are the model behind a code editor. A message is one complete request: its instructions come first, ' +
  'between <instructions> tags, and have the standing of a system prompt. Answer the request and nothing else. ' +
  'Notes on local commands such as /clear are no part of it.';

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** Which model answers, each request says. Without an effort the program chooses by model. */
export function claudeArguments(effort: Effort | undefined): string[] {
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json'],
    ...['--verbose', '--include-partial-messages'],
    ...['--tools', '', '--strict-mcp-config', '--setting-sources', ''],
    ...['--no-session-persistence', '--system-prompt', SYSTEM_PROMPT],
    ...(effort === undefined ? [] : ['--effort', effort]),
  ];
}

const OURS: NodeJS.ProcessEnv = {
  // Without these two an `@path` inside someone's code makes the program read that file and send it, tools or not.
  CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
  CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
  // A word in the code must not change the effort.
  CLAUDE_CODE_DISABLE_ULTRATHINK: '1',
  // The first retry is announced with the platform's wait; the attempt ends there. 0 would not tell the wait.
  CLAUDE_CODE_MAX_RETRIES: '1',
  CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
  // What was routed is what runs.
  CLAUDE_CODE_NO_MODEL_FALLBACK: '1',
  CLAUDE_CODE_DISABLE_REFUSAL_FALLBACK: '1',
  CLAUDE_CODE_DISABLE_REFUSAL_RETRY: '1',
  DISABLE_AUTO_COMPACT: '1',
  DISABLE_AUTOUPDATER: '1',
};

/** Left behind by an editor or a Claude Code session around this process; meant for their own children. */
const NOT_FOR_CLAUDE =
  /^(ELECTRON_|VSCODE_|NODE_OPTIONS$|CLAUDECODE$|CLAUDE_CODE_(ENTRYPOINT|SSE_PORT|SESSION_ID)$)/;

/** The person's environment as it is, for their login and proxy, less what belongs to the editor, plus `OURS`. */
export function claudeEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const theirs = Object.entries(env).filter(([name]) => !NOT_FOR_CLAUDE.test(name));
  return { ...Object.fromEntries(theirs), ...OURS };
}
