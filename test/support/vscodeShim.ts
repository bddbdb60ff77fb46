#!/usr/bin/env node
/**
 * Stands in for the executable of desktop VS Code when @vscode/test-electron runs a suite on a machine without
 * one: understands the arguments that it passes and runs them in code-server with a headless browser.
 */
import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Page } from 'playwright-core';
import { type CodeServer, startCodeServer } from './codeServer.ts';
import { aborted, runProgram } from './program.ts';
import { Workbench } from './workbench.ts';

/** A suite that hangs is ended, and leaves no result. */
const suiteTimeoutMs = 20 * 60_000;

interface Launch {
  readonly developmentPath: string;
  readonly testsPath: string;
  readonly workspace?: string;
  /** Holds the profile, whose folders are passed one by one. */
  readonly dataFolder: string;
}

/** Everything else that is passed has no meaning in a browser. */
function parse(args: readonly string[]): Launch {
  const value = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const developmentPath = value('extensionDevelopmentPath');
  const testsPath = value('extensionTestsPath');
  const userDataFolder = value('user-data-dir');
  if (developmentPath === undefined || testsPath === undefined || userDataFolder === undefined) {
    throw new Error('Expected a development path, a tests path and a user data folder.');
  }
  const workspace = args.find((arg) => !arg.startsWith('-'));
  const dataFolder = dirname(userDataFolder);
  return { developmentPath, testsPath, dataFolder, ...(workspace === undefined ? {} : { workspace }) };
}

async function runSuite(launch: Launch, signal: AbortSignal): Promise<number> {
  const server = await startCodeServer(
    { name: 'host', testDriver: true, dataFolder: launch.dataFolder },
    signal,
  );
  try {
    return await runIn(server, launch, signal);
  } finally {
    await server.stop();
  }
}

async function runIn(server: CodeServer, launch: Launch, signal: AbortSignal): Promise<number> {
  const remote = `vscode-remote://${new URL(server.origin).host}`;
  const payload = [
    ['extensionDevelopmentPath', remote + launch.developmentPath],
    ['extensionTestsPath', remote + launch.testsPath],
  ] as const;
  let finish: (code: number) => void = () => undefined;
  const finished = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const expose = (page: Page): Promise<void> => exposeAutomation(page, server.logFile, finish);
  const folder = launch.workspace === undefined ? {} : { folder: launch.workspace };
  // Nobody looks, and what is small is drawn sooner: a fifth of the time of these tests.
  const view = { width: 800, height: 600 };
  const workbench = await Workbench.open(server, { ...folder, ...view, payload, beforeLoad: expose }, signal);
  try {
    return await Promise.race([finished, aborted(signal)]);
  } finally {
    await workbench.close();
  }
}

/** The two functions that VS Code's web workbench looks for on its window when it runs tests. */
async function exposeAutomation(page: Page, logFile: string, finish: (code: number) => void): Promise<void> {
  page.on('crash', () => finish(1));
  await page.exposeFunction('codeAutomationLog', (level: string, args: unknown[]) => {
    if (level !== 'info') appendFileSync(logFile, `[page ${level}] ${args.map(String).join(' ')}\n`);
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => finish(code));
}

/** Also ends when the process that asked is gone: its end of our standard input closes with it. */
function ended(signal: AbortSignal): AbortSignal {
  const orphaned = new AbortController();
  process.stdin.on('end', () => orphaned.abort()).resume();
  return AbortSignal.any([signal, orphaned.signal, AbortSignal.timeout(suiteTimeoutMs)]);
}

await runProgram((signal) => runSuite(parse(process.argv.slice(2)), ended(signal)));
