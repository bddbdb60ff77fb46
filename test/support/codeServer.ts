/** One running VS Code for the browser, with nothing of its own before it and nothing left behind. Units: milliseconds. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCodeServer } from './codeServerInstall.ts';
import { type EditorProfile, type ProfileContents, prepareProfile, profileIn } from './editorProfile.ts';
import { cleanEnvironment, logFolder } from './paths.ts';
import { type ProcessGroup, run, startGroup } from './processes.ts';
import { aborted, Complaint } from './program.ts';
import { type TemporaryFolder, temporaryFolder } from './temporaryFolder.ts';
import { until } from './until.ts';

export interface CodeServerOptions extends ProfileContents {
  /** Begins the name of the log file in `.build/logs`. */
  readonly name: string;
  /** Packages to install, as a user would. */
  readonly vsixFiles?: readonly string[];
  /** Workspace trust is off unless this asks for it: then a fresh folder is not trusted. */
  readonly askForTrust?: boolean;
  /** Lets the address carry a development and a test path; hides notification toasts. */
  readonly testDriver?: boolean;
  /** Display language; `languagePack.ts` makes one known. */
  readonly locale?: string;
  /** Stay when nobody is connected. Otherwise it ends by itself, in case the process that started it was killed. */
  readonly keepWhenIdle?: boolean;
  /** Where settings, extensions and global storage live; a temporary folder, removed at the end, when absent. */
  readonly dataFolder?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface CodeServer {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly userDataFolder: string;
  readonly logFile: string;
  /** Resolves when the server ends without having been asked to; rejects when the signal is aborted. */
  ended(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const readyTimeoutMs = 60_000;
const idleTimeoutSeconds = 300;
/** A closed port: the gallery is refused at once instead of being waited for. */
const noGallery = JSON.stringify({ serviceUrl: 'http://127.0.0.1:9/none' });

/** Resolves when it answers. `stop` ends every process of it and removes its temporary folder. */
export async function startCodeServer(options: CodeServerOptions, signal: AbortSignal): Promise<CodeServer> {
  const entry = await ensureCodeServer(signal);
  const { path: data, remove } = await dataFolder(options);
  const logFile = join(logFolder, `${options.name}-${process.pid}.log`);
  await rm(logFile, { force: true });
  const profile = profileIn(data);
  const launch: Launch = { entry, data, profile, logFile, options };
  let group: ProcessGroup | undefined;
  const stop = async (): Promise<void> => {
    await group?.stop();
    await remove();
  };
  try {
    await prepare(launch, signal);
    group = startGroup(process.execPath, serverArguments(launch), { env: environment(launch), logFile });
    const origin = await listening(group, logFile, signal);
    const { exited } = group;
    const ended = (until: AbortSignal): Promise<void> =>
      Promise.race([exited.then(() => undefined), aborted(until)]);
    return { origin, userDataFolder: profile.userDataFolder, logFile, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function dataFolder({ dataFolder: kept }: CodeServerOptions): Promise<TemporaryFolder> {
  return kept === undefined ? temporaryFolder() : { path: kept, remove: async () => undefined };
}

interface Launch {
  readonly entry: string;
  readonly data: string;
  readonly profile: EditorProfile;
  readonly logFile: string;
  readonly options: CodeServerOptions;
}

async function prepare(launch: Launch, signal: AbortSignal): Promise<void> {
  const { profile, options, logFile } = launch;
  await prepareProfile(profile, options);
  for (const vsix of options.vsixFiles ?? []) {
    const args = [...serverArguments(launch), '--install-extension', vsix];
    const code = await run(process.execPath, args, { env: environment(launch), logFile }, signal);
    if (code !== 0) throw new Complaint(`${vsix} could not be installed; see ${logFile}.`);
  }
}

function serverArguments({ entry, data, profile, options }: Launch): string[] {
  const flags = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
  if (options.askForTrust !== true) flags.push('--disable-workspace-trust');
  if (options.keepWhenIdle !== true) flags.push('--idle-timeout-seconds', String(idleTimeoutSeconds));
  if (options.locale !== undefined) flags.push('--locale', options.locale);
  if (options.testDriver === true) flags.push('--vscode-option', 'enable-smoke-test-driver');
  return [
    entry,
    ...['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--config', join(data, 'config.yaml')],
    ...['--user-data-dir', profile.userDataFolder, '--extensions-dir', profile.extensionsFolder],
    ...flags,
  ];
}

function environment({ options }: Launch): NodeJS.ProcessEnv {
  return cleanEnvironment({ EXTENSIONS_GALLERY: noGallery, ...options.env });
}

/** The port is the system's choice and is read from the log, so no other process can take it in between. */
async function listening(group: ProcessGroup, logFile: string, signal: AbortSignal): Promise<string> {
  const wait = { what: `code-server to listen (${logFile})`, timeoutMs: readyTimeoutMs };
  const origin = await until(
    wait,
    async () => {
      if (!group.running) throw new Complaint(`code-server ended at once; see ${logFile}.`);
      const log = await readFile(logFile, 'utf8').catch(() => '');
      return /HTTP server listening on (http:\/\/[\d.]+:\d+)/.exec(log)?.[1];
    },
    signal,
  );
  await until(wait, () => answers(origin, signal), signal);
  return origin;
}

async function answers(origin: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${origin}/healthz`, { signal }).catch(() => undefined);
  return response?.ok === true;
}
